/**
 * Between the basket and the book: what is being paid is out of the basket, and not yet written down.
 *
 * That is a moment, but a phone may end the app in it. Whoever opens it next finds the basket as it was, unless the
 * sale was recorded after all: what was sold is neither lost nor sold twice. A browser that is killed may also have
 * kept a basket of before the payment; its sale names it.
 */
import { cart, emptyCart, refillCart, type CartLine } from './cart.ts'
import { readLocal } from './local.ts'
import type { Operation } from './operations.ts'

interface Paying {
  basket: string
  lines: CartLine[]
}

const KEY = 'trueshelf.paying'

/** Takes all out of the basket while `record` writes it down, under the basket's id; where that fails, all is in it again. */
export async function pay<Kept>(record: (lines: CartLine[], basket: string) => Promise<Kept | undefined>): Promise<Kept | undefined> {
  const paying: Paying = { basket: cart.id, lines: cart.lines }
  localStorage.setItem(KEY, JSON.stringify(paying))
  const lines = emptyCart()
  const recorded = await record(lines, paying.basket)
  localStorage.removeItem(KEY)
  if (recorded === undefined) refillCart(lines)
  return recorded
}

/** The app was ended while somebody paid, or soon after. `isKept`: whether there is such an operation on this device. */
export function goOnPaying(isKept: (is: (operation: Operation) => boolean) => boolean): void {
  const isPaid = (basket: string): boolean => isKept(({ deed }) => deed.kind === 'sale' && deed.basket === basket)
  const paying = readLocal<Paying>(KEY)
  localStorage.removeItem(KEY)
  if (isPaid(cart.id)) emptyCart()
  // It may have been ended before the basket was written down as empty.
  if (!paying || cart.lines.length || isPaid(paying.basket)) return
  refillCart(paying.lines)
}
