/** How the list of operations is sorted out: by what became of each, and what a person can do about it. */
import { needsYou, UNREADABLE, type Operation, type Reason } from '@/data/operations.ts'

export const FILTERS = ['all', 'waiting', 'needsYou', 'refused', 'accepted'] as const
export type Filter = (typeof FILTERS)[number]

/** Each operation that somebody may look for is under exactly one of these, and all of them under `all`. */
export function isUnder(filter: Filter, operation: Operation): boolean {
  if (filter === 'all') return true
  return filter === placeOf(operation)
}

function placeOf(operation: Operation): Filter {
  if (operation.state === 'waiting') return 'waiting'
  if (needsYou(operation)) return 'needsYou'
  return operation.state === 'accepted' ? 'accepted' : 'refused'
}

export function countsOf(operations: readonly Operation[]): Record<Filter, number> {
  const counts: Record<Filter, number> = { all: operations.length, waiting: 0, needsYou: 0, refused: 0, accepted: 0 }
  for (const operation of operations) counts[placeOf(operation)] += 1
  return counts
}

/** What may be sent again as it is. What was accepted is not, nor a count that moved (it would only be refused again), nor what the server has taken and answers the same, nor what nobody can read. */
export function mayGoAgain(operation: Operation): boolean {
  const reason = operation.fate?.state === 'needs-you' ? operation.fate.reason : undefined
  return operation.state !== 'accepted' && needsYou(operation) && !reason?.moved && !reason?.taken && reason?.code !== UNREADABLE
}

export type Advice = 'permission' | 'input' | 'gone' | 'twice' | 'server' | 'update' | 'unreadable' | 'other'

const ADVICE: Record<string, Advice> = {
  NOT_PERMITTED: 'permission',
  INVALID_INPUT: 'input',
  NOT_FOUND: 'gone',
  REQUEST_ID_CONFLICT: 'twice',
  SERVER_TROUBLE: 'server',
  APP_TOO_OLD: 'update',
  [UNREADABLE]: 'unreadable',
}

/** Undefined where the reason itself says what to do. */
export function adviceFor({ code, taken }: Reason): Advice | undefined {
  if (taken) return undefined
  return ADVICE[code] ?? 'other'
}
