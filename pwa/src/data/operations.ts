/** What a person did, as it waits in the outbox, and what became of it. */
import type { Fate, Reason } from './deeds/deed.ts'
import { kindOf, type Deed } from './deeds/registry.ts'
import { timeOf } from './uuid.ts'

export type { Fate, NamedLine, Reason } from './deeds/deed.ts'
export type { Deed } from './deeds/registry.ts'

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
  /** When it last did. */
  triedAt?: number
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

export const UNREADABLE = 'UNREADABLE'
const NOT_READ: Reason = {
  code: UNREADABLE,
  message: 'This phone can no longer read what it kept here, so it cannot be sent.',
  messageZh: '手机里存的这一笔已经读不出来，发不出去了。',
  problems: [],
}

export function isReadable({ deed }: Operation): boolean {
  return (deed.kind as string) !== 'unreadable'
}

/** What is known of an operation that cannot be opened: that it was, whose, and when; of what kind, nobody guesses. */
export function unreadable(row: Pick<Operation, 'order' | 'requestId' | 'actorId' | 'leftBehind'> & { state: string }): Operation {
  const { order, requestId, actorId, leftBehind, state } = row
  const told = { requestId, actorId, storeId: '', at: timeOf(requestId), attempts: 1, deed: { kind: 'unreadable', input: {}, lines: [] } as unknown as Deed }
  const place = { ...(order !== undefined && { order }), ...(leftBehind && { leftBehind }) }
  if (state === 'accepted' || state === 'undone') return { ...told, ...place, state }
  return { ...told, ...place, state: 'needs-you', fate: { state: 'needs-you', reason: NOT_READ } }
}

/** It did not happen as she meant it, or she must still carry something elsewhere; and nobody has said that she knows. */
export function needsYou({ state, handled, deed, fate }: Operation): boolean {
  if (handled) return false
  if (fate?.state === 'accepted') return fate.belongs !== undefined
  return state === 'needs-you' || (state === 'refused' && !kindOf(deed)?.quiet)
}

/** It is not sent, and never will be by whoever did it. */
export function isLeftBehind({ leftBehind, handled, state }: Operation): boolean {
  return leftBehind === true && !handled && state !== 'accepted' && state !== 'undone'
}

/** Nobody knows whether these happened: the server did not say, or not in words that we know. */
const UNCERTAIN = new Set(['SERVER_TROUBLE', 'APP_TOO_OLD', UNREADABLE])

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
    .reduce((sum, { deed }) => sum + (kindOf(deed)?.change?.(deed, skuId) ?? 0), 0)
}
