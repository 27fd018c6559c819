import { afterEach, describe, expect, it } from 'vitest'
import { addToCart, cart, emptyCart, MOST_PIECES, setPieces } from './cart.ts'
import type { CatalogueItem } from './catalogue-item.ts'

const ham = { id: 'ham', priceFen: 8 } as CatalogueItem
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
})
