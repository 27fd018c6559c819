/** What a customer is about to buy; kept through a reload, because the queue will not wait. */
import { computed, reactive, shallowRef, watch } from 'vue'
import type { CatalogueItem } from './catalogue-item.ts'
import { readLocal } from './local.ts'
import { uuidv7 } from './uuid.ts'

export interface CartLine {
  item: CatalogueItem
  quantity: number
  /** Whose scan began the line: on a shared device the next one must know that the basket is not hers. */
  scannedBy?: string | undefined
}

interface Basket {
  /** Of this customer's basket and of no other: the sale keeps it, so that nobody pays twice. */
  id: string
  lines: CartLine[]
}

const KEY = 'trueshelf.cart'
/** What the book takes in one line. A scale's package may hold thousands of grams. */
export const MOST_PIECES = 1_000_000

/** The request of the sale that was just made: its receipt is asked for now or never. */
export const justSold = shallowRef<string>()

export const cart = reactive<Basket>({ id: uuidv7(), lines: [] })
export const cartPieces = computed(() => cart.lines.reduce((sum, { quantity }) => sum + quantity, 0))
export const cartTotalFen = computed(() =>
  cart.lines.reduce((sum, { item, quantity }) => sum + quantity * (item.priceFen ?? 0), 0),
)

let actor: () => string | undefined = () => undefined

/** The newest on top, where the eye is; a second scan of the same thing adds to its line. False: it does not fit. */
export function addToCart(item: CatalogueItem, pieces: number): boolean {
  const line = cart.lines.find((known) => known.item.id === item.id)
  if (line) return setPieces(item.id, line.quantity + pieces)
  if (pieces > MOST_PIECES) return false
  cart.lines.unshift({ item, quantity: pieces, scannedBy: actor() })
  return true
}

/** Never another number than the one that was meant: what does not fit changes nothing, and false says so. */
export function setPieces(skuId: string, pieces: number): boolean {
  const line = cart.lines.find(({ item }) => item.id === skuId)
  if (!line || pieces > MOST_PIECES) return false
  line.quantity = pieces
  if (line.quantity <= 0) cart.lines = cart.lines.filter((kept) => kept !== line)
  return true
}

export function emptyCart(): CartLine[] {
  const lines = cart.lines
  Object.assign(cart, { id: uuidv7(), lines: [] })
  return lines
}

/** What was taken out comes back; what was scanned meanwhile stays. */
export function refillCart(lines: readonly CartLine[]): void {
  const meanwhile = cart.lines
  cart.lines = lines.map((line) => ({ ...line }))
  for (const { item, quantity } of meanwhile.toReversed()) addToCart(item, quantity)
}

/** `who`: whose turn it is. */
export function keepCart(who: () => string | undefined): void {
  actor = who
  const read = (): void => {
    const known = readLocal<Basket | CartLine[]>(KEY)
    // An older app kept the lines alone.
    Object.assign(cart, Array.isArray(known) || !known ? { id: uuidv7(), lines: known ?? [] } : known)
  }
  read()
  watch(cart, () => localStorage.setItem(KEY, JSON.stringify(cart)))
  // Another tab has the same basket before it: what was paid there must not be paid here once more.
  addEventListener('storage', ({ key }) => key === KEY && read())
}
