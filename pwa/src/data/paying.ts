/**
 * Between the basket and the book: what is being paid is out of the basket, and not yet written down.
 *
 * That is a moment, but a phone may end the app in it. Whoever opens it next finds the basket as it was, unless the
 * sale was recorded after all: what was sold is neither lost nor sold twice.
 */
import { cart, emptyCart, refillCart, type CartLine } from './cart.ts'
import { clock } from './clock.ts'
import { readLocal } from './local.ts'
import type { Operation } from './operations.ts'

interface Paying {
  at: number
  lines: CartLine[]
  /** The sales of just the same a moment before: another customer's. */
  others: string[]
}

const KEY = 'trueshelf.paying'
/** A clock that is put right in that moment goes back by less. */
const STEP_MS = 5 * 60_000

/** Takes all out of the basket while `record` writes it down; where that fails, all is in it again. `kept`: what was done here. */
export async function pay<Kept>(record: (lines: CartLine[]) => Promise<Kept | undefined>, kept: readonly Operation[]): Promise<Kept | undefined> {
  const paying: Paying = { at: clock.now(), lines: cart.lines, others: [] }
  paying.others = kept.filter((operation) => isSaleOf(paying, operation)).map(({ requestId }) => requestId)
  localStorage.setItem(KEY, JSON.stringify(paying))
  const lines = emptyCart()
  const recorded = await record(lines)
  localStorage.removeItem(KEY)
  if (recorded === undefined) refillCart(lines)
  return recorded
}

/** The app was ended while somebody paid. `isKept`: whether there is such an operation on this device. */
export function goOnPaying(isKept: (is: (operation: Operation) => boolean) => boolean): void {
  const paying = readLocal<Paying>(KEY)
  localStorage.removeItem(KEY)
  // It may have been ended before the basket was written down as empty.
  if (!paying || cart.lines.length || isKept((operation) => isSaleOf(paying, operation))) return
  refillCart(paying.lines)
}

function isSaleOf({ at, lines, others }: Paying, { requestId, deed, at: soldAt }: Operation): boolean {
  if (others.includes(requestId) || deed.kind !== 'sale' || soldAt < at - STEP_MS || deed.lines.length !== lines.length) return false
  return deed.lines.every(({ skuId, quantity }, index) => lines[index]?.item.id === skuId && lines[index]?.quantity === quantity)
}
