import { expect, test } from 'vitest'
import { unreadable, type Operation, type Reason } from '@/data/operations.ts'
import { adviceFor, countsOf, FILTERS, isUnder, mayGoAgain } from './fates.ts'

const reason = (code: string, moved?: Reason['moved']): Reason => ({ code, message: '', messageZh: '', problems: [], ...(moved && { moved }) })

function operation(state: Operation['state'], more: Partial<Operation> = {}): Operation {
  const origin = { occurredAt: '2026-11-21T06:00:00Z', source: 'PHONE' as const }
  const deed = { kind: 'sale' as const, totalFen: 0, lines: [], input: { requestId: 'r', storeId: 's', origin, lines: [] } }
  return { requestId: 'r', actorId: 'a', storeId: 's', at: 0, attempts: 0, state, deed, ...more }
}

const all = [
  operation('waiting'),
  operation('accepted'),
  operation('refused', { fate: { state: 'refused', reason: reason('NOT_FOUND') } }),
  operation('refused', { handled: true }),
  operation('needs-you', { fate: { state: 'needs-you', reason: reason('SERVER_TROUBLE') } }),
  operation('undone'),
]

test('each operation is under one heading, and the counts say how many', () => {
  for (const each of all) expect(FILTERS.filter((filter) => isUnder(filter, each))).toHaveLength(2)
  expect(countsOf(all)).toEqual({ all: 6, waiting: 1, accepted: 1, needsYou: 2, refused: 2 })
})

test('a count that moved is decided by her, not sent again', () => {
  const moved = operation('needs-you', { fate: { state: 'needs-you', reason: reason('STOCK_MOVED', { expected: 3, actual: 2 }) } })

  expect(mayGoAgain(moved)).toBe(false)
  expect(all.map(mayGoAgain)).toEqual([false, false, true, false, true, false])
})

test('every refusal comes with what to do', () => {
  expect(adviceFor(reason('NOT_PERMITTED'))).toBe('permission')
  expect(adviceFor(reason('SOMETHING_NEW'))).toBe('other')
})

test('what is accepted and lies in the wrong place needs her, and is not sent again', () => {
  const astray = operation('accepted', { fate: { state: 'accepted', belowZero: [], clockErrorSeconds: null, belongs: 'SUPPLIER' } })

  expect(isUnder('needsYou', astray)).toBe(true)
  expect(mayGoAgain(astray)).toBe(false)
})

test('what nobody can read is not sent again, and comes with what to do', () => {
  const lost = unreadable({ ...operation('waiting') })

  expect(isUnder('needsYou', lost)).toBe(true)
  expect(mayGoAgain(lost)).toBe(false)
  expect(adviceFor(reason('UNREADABLE'))).toBe('unreadable')
})

test('what the server has taken offers no sending again, and says by itself what to do', () => {
  const late = { ...reason('COUNTED_LATE'), taken: true as const }

  expect(mayGoAgain(operation('needs-you', { fate: { state: 'needs-you', reason: late } }))).toBe(false)
  expect(isUnder('needsYou', operation('needs-you', { fate: { state: 'needs-you', reason: late } }))).toBe(true)
  expect(adviceFor(late)).toBeUndefined()
})
