import { afterEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { addToCart, cart, emptyCart, keepCart, MOST_PIECES, refillCart, setPieces } from './cart.ts'
import type { CatalogueItem } from './catalogue-item.ts'

const ham = { id: 'ham', priceFen: 8 } as CatalogueItem
const tea = { id: 'tea', priceFen: 300 } as CatalogueItem
afterEach(() => void emptyCart())

describe('the cart holds what was meant, or nothing of it', () => {
  it('takes thousands of grams', () => {
    expect(addToCart(ham, 2_300)).toBe(true)
    expect(addToCart(ham, 1_200)).toBe(true)
    expect(cart.lines.map(({ quantity }) => quantity)).toEqual([3_500])
  })

  it('refuses more than the book takes in a line, and says so', () => {
    expect(addToCart(ham, MOST_PIECES + 1)).toBe(false)
    expect(cart.lines).toEqual([])
    addToCart(ham, MOST_PIECES)
    expect(addToCart(ham, 1)).toBe(false)
    expect(setPieces('ham', MOST_PIECES + 1)).toBe(false)
    expect(cart.lines.map(({ quantity }) => quantity)).toEqual([MOST_PIECES])
  })

  it('comes back beside what was scanned meanwhile', () => {
    addToCart(ham, 200)
    const before = emptyCart()
    addToCart(tea, 1)
    addToCart(ham, 50)

    refillCart(before)
    expect(cart.lines.map(({ item, quantity }) => [item.id, quantity])).toEqual([['tea', 1], ['ham', 250]])
    expect(before.map(({ quantity }) => quantity)).toEqual([200])
  })
})

describe('two tabs share one basket', () => {
  const kept = new Map<string, string>()
  let tell: (event: { key: string | null }) => void = () => {}
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => void kept.set(key, text) })
  vi.stubGlobal('addEventListener', (kind: string, heard: typeof tell) => kind === 'storage' && (tell = heard))

  it('what was paid in the other tab is not here to be paid again, and what was put in there is', async () => {
    keepCart(() => 'wang')
    addToCart(tea, 2)
    await nextTick()
    const KEY = 'trueshelf.cart'
    expect(JSON.parse(kept.get(KEY) ?? '')).toEqual({ id: cart.id, lines: [{ item: tea, quantity: 2, scannedBy: 'wang' }] })

    kept.set(KEY, JSON.stringify({ id: 'next', lines: [] }))
    tell({ key: 'something.else' })
    expect(cart.lines).toHaveLength(1)
    tell({ key: KEY })
    expect([cart.id, cart.lines]).toEqual(['next', []])

    kept.set(KEY, JSON.stringify({ id: 'next', lines: [{ item: ham, quantity: 300 }] }))
    tell({ key: KEY })
    expect(cart.lines).toEqual([{ item: ham, quantity: 300 }])
  })

  it('what an older app kept is still in it', () => {
    kept.set('trueshelf.cart', JSON.stringify([{ item: ham, quantity: 300 }]))
    keepCart(() => 'wang')
    expect(cart.lines).toEqual([{ item: ham, quantity: 300 }])
  })
})
