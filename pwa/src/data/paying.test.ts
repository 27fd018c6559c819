import { beforeEach, expect, test, vi } from 'vitest'
import { addToCart, cart, emptyCart, type CartLine } from './cart.ts'
import type { CatalogueItem } from './catalogue-item.ts'
import type { Operation } from './operations.ts'
import { goOnPaying, pay } from './paying.ts'

const kept = new Map<string, string>()
vi.stubGlobal('localStorage', {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, text: string) => kept.set(key, text),
  removeItem: (key: string) => kept.delete(key),
})

const tea = { id: 'tea', priceFen: 300 } as CatalogueItem
const pieces = (): [string, number][] => cart.lines.map(({ item, quantity }) => [item.id, quantity])
const device = (...baskets: string[]) => (is: (operation: Operation) => boolean) =>
  baskets.some((basket) => is({ deed: { kind: 'sale', basket, lines: [{ skuId: 'tea', quantity: 2 }] } } as unknown as Operation))
const nothing = device()

beforeEach(() => {
  kept.clear()
  emptyCart()
  addToCart(tea, 2)
})

/** The phone ends the app before anything is written down, or just after; tells which basket it was. */
function ended(): string {
  const { id } = cart
  void pay(() => new Promise(() => {}))
  expect(pieces()).toEqual([])
  return id
}

test('what is recorded is out of the basket, for good', async () => {
  expect(await pay(async (lines) => lines.length)).toBe(1)

  goOnPaying(nothing)
  expect(pieces()).toEqual([])
})

test('a sale knows its basket, and the next customer has another', async () => {
  const paid: string[] = []
  const record = async (_lines: CartLine[], basket: string): Promise<number> => paid.push(basket)

  await pay(record)
  addToCart(tea, 2)
  await pay(record)

  expect(new Set(paid).size).toBe(2)
})

test('what cannot be recorded is in the basket again', async () => {
  expect(await pay(async () => undefined)).toBeUndefined()
  expect(pieces()).toEqual([['tea', 2]])

  goOnPaying(nothing)
  expect(pieces()).toEqual([['tea', 2]])
})

test('an app that was ended before it was written down has the basket again, whatever others bought', () => {
  ended()

  goOnPaying(device('of the customer before'))
  expect(pieces()).toEqual([['tea', 2]])
})

test('an app that was ended just after sells nothing twice', () => {
  goOnPaying(device(ended()))
  expect(pieces()).toEqual([])
})

test('nor does one whose browser was killed before it wrote down that the basket is empty', async () => {
  const { id, lines } = cart
  await pay(async () => 1)
  Object.assign(cart, { id, lines })

  goOnPaying(device(id))
  expect(pieces()).toEqual([])
})

test('an app that was ended before the basket was empty has it once', () => {
  const { lines } = cart
  const id = ended()
  Object.assign(cart, { id, lines })

  goOnPaying(nothing)
  expect(pieces()).toEqual([['tea', 2]])
})
