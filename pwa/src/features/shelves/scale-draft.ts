/** A way in which a scale writes its codes, while somebody designs it: whatever is chosen can be read. Pure. */
import { checkDigit, fittingPattern, LENGTH, priceCheckDigit, readWeighed, wholeCode, type InStorePattern } from '@/data/in-store-codes.ts'

export interface Draft {
  prefix: string
  valueDigits: number
  measure: InStorePattern['measure']
  priceCheck: boolean
}

export type Part = 'prefix' | 'item' | 'check' | 'value' | 'end'
/** Why a code is not read as a scale's. */
export type Unread = 'LENGTH' | 'CHECK' | 'STRANGE' | 'PRICE_CHECK'

export const NEW: Draft = { prefix: '', valueDigits: 5, measure: 'GRAMS', priceCheck: false }
const PREFIX = /^(?:02|2[0-9]{1,2})$/
const FEWEST_ITEM_DIGITS = 3
/** One, two, three: what a person sees at once to be an example. */
const EXAMPLE = '1234567'
const MOST_VERIFIED = 5

export const valueChoices = (priceCheck: boolean): number[] => [4, 5, 6].filter((digits) => !priceCheck || digits <= MOST_VERIFIED)

/** The item has the digits that the rest leaves over; undefined while the prefix is none. */
export function patternOf({ prefix, valueDigits, measure, priceCheck }: Draft): InStorePattern | undefined {
  const itemDigits = LENGTH - 1 - prefix.length - valueDigits - Number(priceCheck)
  if (!PREFIX.test(prefix) || itemDigits < FEWEST_ITEM_DIGITS) return undefined
  return { prefix, itemDigits, valueDigits, measure, priceCheck }
}

/** An item 1…, of 1234 grams or fen. */
export function exampleOf({ prefix, itemDigits, valueDigits, priceCheck }: InStorePattern): string {
  const value = '1234'.padStart(valueDigits, '0')
  const body = prefix + EXAMPLE.slice(0, itemDigits) + (priceCheck ? priceCheckDigit(value) : '') + value
  return body + checkDigit(body)
}

export function partsOf(code: string, { prefix, itemDigits, valueDigits, priceCheck }: InStorePattern): { part: Part; digits: string }[] {
  const lengths: [Part, number][] = [['prefix', prefix.length], ['item', itemDigits], ['check', Number(priceCheck)], ['value', valueDigits], ['end', 1]]
  let from = 0
  return lengths.filter(([, length]) => length > 0).map(([part, length]) => ({ part, digits: code.slice(from, (from += length)) }))
}

/** Others whose codes begin alike: of two that fit, the longer prefix reads the code. */
export function overlapping(prefix: string, others: readonly InStorePattern[]): InStorePattern[] {
  return others.filter((other) => other.prefix !== prefix && (other.prefix.startsWith(prefix) || prefix.startsWith(other.prefix)))
}

export function whyUnread(code: string, patterns: readonly InStorePattern[]): Unread | undefined {
  const whole = wholeCode(code)
  if (!/^[0-9]{13}$/.test(whole)) return 'LENGTH'
  if (checkDigit(whole.slice(0, -1)) !== whole.at(-1)) return 'CHECK'
  if (!fittingPattern(whole, patterns)) return 'STRANGE'
  return readWeighed(code, patterns) ? undefined : 'PRICE_CHECK'
}
