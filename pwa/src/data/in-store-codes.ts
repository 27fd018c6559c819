/**
 * What a shop's own scale prints on what it has weighed, read without network into an item and a weight or a price.
 * The twin of retail/catalogue/in_store.py: one file of vectors tests both.
 */
export interface InStorePattern {
  prefix: string
  itemDigits: number
  valueDigits: number
  measure: 'GRAMS' | 'FEN'
  priceCheck: boolean
}

export interface Weighed {
  /** The code by which the catalogue knows the item: nothing weighed. */
  base: string
  measure: 'GRAMS' | 'FEN'
  value: number
}

export const LENGTH = 13
const BODY = LENGTH - 1
/** A base code of weighed goods stands for a kilogram. */
const GRAMS_OF_PACK = 1000

const TWO_MINUS = '0246891357'
const THREE = '0369258147'
const FIVE_PLUS = '0516273849'
const FIVE_MINUS = '0594837261'
const OF_FOUR = [TWO_MINUS, TWO_MINUS, THREE, FIVE_MINUS]
const OF_FIVE = [FIVE_PLUS, TWO_MINUS, FIVE_MINUS, FIVE_PLUS, TWO_MINUS]

export function readWeighed(code: string, patterns: readonly InStorePattern[]): Weighed | null {
  const whole = wholeCode(code)
  if (!/^[0-9]{13}$/.test(whole) || checkDigit(whole.slice(0, BODY)) !== whole[BODY]) return null
  const pattern = fittingPattern(whole, patterns)
  if (!pattern) return null
  const value = whole.slice(BODY - pattern.valueDigits, BODY)
  const itemEnd = pattern.prefix.length + pattern.itemDigits
  if (pattern.priceCheck && Number(value) && whole[itemEnd] !== priceCheckDigit(value)) return null
  const body = whole.slice(0, itemEnd).padEnd(BODY, '0')
  return { base: body + checkDigit(body), measure: pattern.measure, value: Number(value) }
}

/** A scanner may leave out the zero before a UPC-A. */
export function wholeCode(code: string): string {
  return code.length === BODY ? `0${code}` : code
}

/** The pattern that reads a code: of several that fit, the one with the longest prefix. */
export function fittingPattern(whole: string, patterns: readonly InStorePattern[]): InStorePattern | undefined {
  return patterns.filter(({ prefix }) => whole.startsWith(prefix)).sort((a, b) => b.prefix.length - a.prefix.length)[0]
}

/** How many base units are in a package, at least one; null when it takes a price and there is none. */
export function unitsOf(weighed: Weighed, packUnits: number, unitFen: number | null): number | null {
  if (weighed.value === 0) return 1
  if (weighed.measure === 'GRAMS') return Math.max(1, rounded(weighed.value * packUnits, GRAMS_OF_PACK))
  return unitFen ? Math.max(1, rounded(weighed.value, unitFen)) : null
}

export function priceCheckDigit(value: string): string {
  const weights = value.length === OF_FOUR.length ? OF_FOUR : OF_FIVE
  const total = weights.reduce((sum, weight, n) => sum + Number(weight[Number(value[n])]), 0)
  return weights === OF_FOUR ? String((total * 3) % 10) : String(FIVE_MINUS.indexOf(String((10 - (total % 10)) % 10)))
}

export function checkDigit(body: string): string {
  const total = [...body].reverse().reduce((sum, digit, n) => sum + Number(digit) * (n % 2 === 0 ? 3 : 1), 0)
  return String((10 - (total % 10)) % 10)
}

/** A half is rounded up. */
function rounded(number: number, by: number): number {
  return Math.floor((2 * number + by) / (2 * by))
}
