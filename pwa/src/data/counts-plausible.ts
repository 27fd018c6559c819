/**
 * Which figures are asked about once more before they count: a code typed as a number, a key that was held down.
 *
 * Pure. Nothing is ever cut down to what seems right: the person says it again, and then it stands.
 */

/** Pieces that nobody counts by hand without noticing, and base units of what is weighed or poured. */
const MANY = 1_000
const MANY_MEASURED = 100_000
const MEASURED = new Set(['克', 'g', '毫升', 'ml'])
/** So many times what is known is far from it, unless it is a small number anyway. */
const FAR = 20
const SMALL = 100

/**
 * `known` is what the person may see beside her count. Who counts blind is never asked because of the book: the
 * question itself would tell what it says.
 */
export function isFar(quantity: number, unit: string, known?: number): boolean {
  if (quantity >= (MEASURED.has(unit) ? MANY_MEASURED : MANY)) return true
  return known !== undefined && known > 0 && quantity > SMALL && quantity > known * FAR
}

/** Handfuls that are added are asked about when they lead past the mark, not each time after it. */
export function leadsFar(before: number, added: number, unit: string): boolean {
  return isFar(added, unit) || (isFar(before + added, unit) && !isFar(before, unit))
}

interface Pieces {
  item: { id: string; unit: string }
  quantity: number
}

/** Of what is about to be paid, the first figure that is far and that nobody has stood by: it stands by no other. */
export function firstFar<Line extends Pieces>(lines: readonly Line[], known: (skuId: string) => number | undefined, stoodBy: ReadonlyMap<string, number>): Line | undefined {
  return lines.find(({ item: { id, unit }, quantity }) => stoodBy.get(id) !== quantity && isFar(quantity, unit, known(id)))
}
