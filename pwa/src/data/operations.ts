/** What a person did, as it waits in the outbox, and what became of it. */
import type { AdjustStock, OpenBusinessDay, RecordMovements, RecordSale } from './documents/writes.ts'
import type { VariablesOf } from './graphql.ts'

export type SaleInput = VariablesOf<typeof RecordSale>['input']
export type MovementsInput = VariablesOf<typeof RecordMovements>['input']
export type AdjustInput = VariablesOf<typeof AdjustStock>['input']
export type OpenDayInput = VariablesOf<typeof OpenBusinessDay>['input']

/** The named things of an operation, kept for the list of operations: it must be readable offline too. */
export interface NamedLine {
  skuId: string
  name: string
  nameEn: string
  unit: string
  quantity: number
}

export type Deed =
  | { kind: 'sale'; input: SaleInput; lines: NamedLine[]; totalFen: number }
  | { kind: 'return'; input: MovementsInput; lines: NamedLine[]; why: string }
  | { kind: 'return-undone'; input: MovementsInput; lines: NamedLine[] }
  | { kind: 'count'; input: AdjustInput; lines: NamedLine[]; booked: number; counted: number }
  | { kind: 'correction'; input: AdjustInput; lines: NamedLine[]; undoes: string }
  | { kind: 'open-day'; input: OpenDayInput; lines: NamedLine[] }

export interface Reason {
  code: string
  message: string
  messageZh: string
  problems: { path: string; code: string; message: string; messageZh: string }[]
  moved?: { expected: number; actual: number }
}

/**
 * `belowZero` names the items whose book went under zero: accepted, and somebody should look.
 * `undone` is taken back before it was sent, because what it reverses never happened.
 */
export type Fate =
  | { state: 'accepted'; belowZero: string[]; clockErrorSeconds: number | null }
  | { state: 'refused'; reason: Reason }
  | { state: 'needs-you'; reason: Reason }
  | { state: 'undone' }

export type State = 'waiting' | Fate['state']

export interface Operation {
  /** The place in the queue; the database gives it. */
  order?: number
  requestId: string
  /** Who did it, or vouches for it: sent in this person's own session and in no other. */
  actorId: string
  /** What to call that person on a device that several use. */
  actorName?: string
  storeId: string
  deed: Deed
  at: number
  state: State
  /** How often it left, or may have left, this device. */
  attempts: number
  fate?: Fate
  settledAt?: number
  /** Somebody dealt with it after it needed them. */
  handled?: boolean
  /** Its person left before it was sent: a manager decides. */
  leftBehind?: boolean
  /** Who did it, when somebody else vouches for it now. */
  takenOverFrom?: string
  /** The operation that this one takes back: sent only after that one was accepted. */
  reverses?: string
}

/** It did not happen as she meant it, and nobody has said that she knows. */
export function needsYou({ state, handled, deed }: Operation): boolean {
  return !handled && (state === 'needs-you' || (state === 'refused' && deed.kind !== 'open-day'))
}

/** It is not sent, and never will be by whoever did it. */
export function isLeftBehind({ leftBehind, handled, state }: Operation): boolean {
  return leftBehind === true && !handled && state !== 'accepted' && state !== 'undone'
}

/** Nobody knows whether these happened: the server did not say, or not in words that we know. */
const UNCERTAIN = new Set(['SERVER_TROUBLE', 'APP_TOO_OLD'])

/** It is not in the book and, as it stands, will not be. */
export function neverHappened({ fate, handled }: Operation): boolean {
  if (fate?.state === 'refused' || fate?.state === 'undone') return true
  return fate?.state === 'needs-you' && (handled === true || !UNCERTAIN.has(fate.reason.code))
}

/** How the own store's book changes by a deed that the server has not seen yet. */
export function pendingChange(operations: readonly Operation[], storeId: string, skuId: string): number {
  const idle = new Set(operations.filter(({ state }) => state !== 'waiting' && state !== 'accepted').map(({ requestId }) => requestId))
  return operations
    .filter((operation) => operation.state === 'waiting' && operation.storeId === storeId)
    .filter(({ reverses }) => reverses === undefined || !idle.has(reverses))
    .reduce((sum, operation) => sum + bookChange(operation.deed, skuId), 0)
}

function bookChange(deed: Deed, skuId: string): number {
  const moved = deed.lines.filter((line) => line.skuId === skuId).reduce((sum, line) => sum + line.quantity, 0)
  switch (deed.kind) {
    case 'sale':
    case 'return-undone':
      return -moved
    case 'return':
    case 'correction':
      return moved
    case 'count':
      return deed.lines.some((line) => line.skuId === skuId) ? deed.counted - deed.booked : 0
    case 'open-day':
      return 0
  }
}
