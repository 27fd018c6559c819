/** The thresholds of counting as somebody types them: money in yuan, everything else in whole numbers. Pure. */
import type { CountPolicy } from '@/data/office/rules.ts'

const FEN = 100
export const FIELDS = ['recountValue', 'recountPercent', 'recountUnits', 'confirmValue', 'confirmPercent', 'confirmUnits', 'oddJump'] as const
export type Field = (typeof FIELDS)[number]
export type Typed = Record<Field, string>

const isMoney = (field: Field): boolean => field.endsWith('Value')

export function typedOf(policy: Record<Field, number>): Typed {
  return Object.fromEntries(FIELDS.map((field) => [field, String(isMoney(field) ? policy[field] / FEN : policy[field])])) as Typed
}

export interface Wrong {
  field: Field
  /** No number; outside of what the server takes; or a second person before a recount. */
  how: 'NUMBER' | 'RANGE' | 'LOW'
  least: number
  most: number
}

/** What the server takes, in what is typed (yuan, per cent, pieces). */
const MOST: Record<Field, number> = {
  recountValue: 1e9,
  recountPercent: 100,
  recountUnits: 1e6,
  confirmValue: 1e9,
  confirmPercent: 100,
  confirmUnits: 1e6,
  oddJump: 100,
}
const LEAST: Partial<Record<Field, number>> = { recountValue: 0.01, oddJump: 2 }
const BEFORE: Partial<Record<Field, Field>> = { confirmValue: 'recountValue', confirmPercent: 'recountPercent', confirmUnits: 'recountUnits' }

/** Undefined while something that is typed cannot be kept, and what that is. */
export function policyOf(typed: Typed): { policy: CountPolicy | undefined; wrong: Wrong[] } {
  const wrong = FIELDS.flatMap((field) => wrongIn(typed, field))
  if (wrong.length) return { policy: undefined, wrong }
  const entries = FIELDS.map((field) => [field, isMoney(field) ? Math.round(Number(typed[field]) * FEN) : Number(typed[field])])
  return { policy: Object.fromEntries(entries) as CountPolicy, wrong }
}

function wrongIn(typed: Typed, field: Field): Wrong[] {
  const [least, most, before] = [LEAST[field] ?? 1, MOST[field], BEFORE[field]]
  if (!isNumber(typed, field)) return [{ field, how: 'NUMBER', least, most }]
  const value = Number(typed[field])
  if (before && isNumber(typed, before) && value < Number(typed[before])) return [{ field, how: 'LOW', least, most }]
  return value < least || value > most ? [{ field, how: 'RANGE', least, most }] : []
}

const isNumber = (typed: Typed, field: Field): boolean => (isMoney(field) ? /^[0-9]{1,12}(\.[0-9]{1,2})?$/ : /^[0-9]{1,12}$/).test(typed[field].trim())

export function isSame(one: Record<Field, number>, other: Record<Field, number>): boolean {
  return FIELDS.every((field) => one[field] === other[field])
}
