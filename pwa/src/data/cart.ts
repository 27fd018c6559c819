/** What a customer is about to buy; kept through a reload, because the queue will not wait. */
import { computed, reactive, watch } from 'vue'
import type { CatalogueItem } from './catalogue-item.ts'

export interface CartLine {
  item: CatalogueItem
  quantity: number
}

const KEY = 'trueshelf.cart'
export const MOST_PIECES = 999

export const cart = reactive<{ lines: CartLine[] }>({ lines: [] })
export const cartPieces = computed(() => cart.lines.reduce((sum, { quantity }) => sum + quantity, 0))
export const cartTotalFen = computed(() =>
  cart.lines.reduce((sum, { item, quantity }) => sum + quantity * (item.priceFen ?? 0), 0),
)

/** The newest on top, where the eye is; a second scan of the same thing adds to its line. */
export function addToCart(item: CatalogueItem, pieces: number): void {
  const line = cart.lines.find((known) => known.item.id === item.id)
  if (line) setPieces(item.id, line.quantity + pieces)
  else cart.lines.unshift({ item, quantity: Math.min(MOST_PIECES, pieces) })
}

export function setPieces(skuId: string, pieces: number): void {
  const line = cart.lines.find(({ item }) => item.id === skuId)
  if (!line) return
  line.quantity = Math.min(MOST_PIECES, pieces)
  if (line.quantity <= 0) cart.lines = cart.lines.filter((kept) => kept !== line)
}

export function emptyCart(): CartLine[] {
  const lines = cart.lines
  cart.lines = []
  return lines
}

export function refillCart(lines: CartLine[]): void {
  cart.lines = lines
}

export function keepCart(): void {
  const kept = localStorage.getItem(KEY)
  if (kept) cart.lines = JSON.parse(kept) as CartLine[]
  watch(cart, () => localStorage.setItem(KEY, JSON.stringify(cart.lines)))
}
