import { beforeEach, expect, test, vi } from 'vitest'
import { addToCart, cart, emptyCart } from './cart.ts'
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
const sale = (quantity: number, at = Date.now(), requestId = 'new'): Operation => ({ requestId, at, deed: { kind: 'sale', lines: [{ skuId: 'tea', quantity }] } }) as unknown as Operation
const nothing = (): boolean => false
const device = (...operations: Operation[]) => (is: (operation: Operation) => boolean) => operations.some(is)

beforeEach(() => {
  kept.clear()
  emptyCart()
  addToCart(tea, 2)
})

/** The phone ends the app before anything is written down, or just after. */
async function ended(...kept: Operation[]): Promise<void> {
  void pay(() => new Promise(() => {}), kept)
  expect(pieces()).toEqual([])
}

test('what is recorded is out of the basket, for good', async () => {
  expect(await pay(async (lines) => lines.length, [])).toBe(1)

  goOnPaying(nothing)
  expect(pieces()).toEqual([])
})

test('what cannot be recorded is in the basket again', async () => {
  expect(await pay(async () => undefined, [])).toBeUndefined()
  expect(pieces()).toEqual([['tea', 2]])

  goOnPaying(nothing)
  expect(pieces()).toEqual([['tea', 2]])
})

test('an app that was ended before it was written down has the basket again', async () => {
  await ended()

  goOnPaying(device(sale(1), sale(2, Date.now() - 86_400_000)))
  expect(pieces()).toEqual([['tea', 2]])
})

test('the same sold to the customer before is no sign that this one paid', async () => {
  const other = sale(2, Date.now() - 60_000, 'other')
  await ended(other)

  goOnPaying(device(other))
  expect(pieces()).toEqual([['tea', 2]])
})

test('an app that was ended just after sells nothing twice', async () => {
  await ended()

  goOnPaying(device(sale(2)))
  expect(pieces()).toEqual([])
})

test('nor does one that was ended before the basket was empty on the device', async () => {
  await ended()
  addToCart(tea, 2)

  goOnPaying(nothing)
  expect(pieces()).toEqual([['tea', 2]])
})
