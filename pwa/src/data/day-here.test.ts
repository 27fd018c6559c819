import { expect, test } from 'vitest'
import { atWorkSince, handOverToTake, isHandedOver, wentHomeAt } from './day-here.ts'
import type { Operation } from './operations.ts'

const READ_AT = 1_000
const FANG = { personId: 'fang', storeId: 'wangjing', readAt: READ_AT }
const handOver = { id: 'h1', givenById: 'lei', endsDay: true, confirmations: [] as unknown[] }

function did(kind: string, more: Partial<Operation> = {}, input: object = {}): Operation {
  const operation = { requestId: kind, storeId: 'wangjing', actorId: 'fang', at: 2_000, state: 'waiting', attempts: 0, ...more }
  return { ...operation, deed: { kind, lines: [], input } } as unknown as Operation
}

test('who came is at work, before the server has heard of it', () => {
  expect(atWorkSince([], [], FANG)).toBeUndefined()
  expect(atWorkSince([], [did('clock-in')], FANG)).toBe(new Date(2_000).toISOString())
  expect(atWorkSince([{ personId: 'fang', since: '07:30' }], [], FANG)).toBe('07:30')
})

test('who went home is not at work, whatever the last reading says', () => {
  const came = did('clock-in', { state: 'accepted', settledAt: READ_AT - 1 })
  expect(atWorkSince([{ personId: 'fang', since: '07:30' }], [did('clock-out'), came], FANG)).toBeUndefined()
  expect(atWorkSince([], [did('clock-in', { at: 3_000 }), did('clock-out')], FANG)).toBe(new Date(3_000).toISOString())
})

test('who went home is told when, until they come again', () => {
  const left = did('clock-out', { at: 3_000, state: 'accepted', settledAt: READ_AT - 1 })
  expect(wentHomeAt([left, did('clock-in')], FANG)).toBe(3_000)
  expect(wentHomeAt([left, did('clock-in', { at: 4_000 })], FANG)).toBeUndefined()
  expect(wentHomeAt([{ ...left, state: 'refused' }], FANG)).toBeUndefined()
  expect(wentHomeAt([{ ...left, actorId: 'lei' }], FANG)).toBeUndefined()
  expect(wentHomeAt([{ ...left, storeId: 'guomao' }], FANG)).toBeUndefined()
})

test('in another shop nobody is at work here', () => {
  expect(atWorkSince([], [did('clock-in', { storeId: 'guomao' })], FANG)).toBeUndefined()
})

test('the last hand-over waits for somebody else, until somebody takes it on', () => {
  const day = { day: '2026-11-22', latest: null, previous: handOver }
  expect(handOverToTake(day, [], 'fang')?.id).toBe('h1')
  expect(handOverToTake(day, [], 'lei')).toBeUndefined()
  expect(handOverToTake({ ...day, latest: { ...handOver, id: 'h2' } }, [], 'fang')?.id).toBe('h2')
  expect(handOverToTake({ ...day, previous: { ...handOver, confirmations: [{}] } }, [], 'fang')).toBeUndefined()
})

test('what I confirmed is confirmed, unless the server said no', () => {
  const day = { day: '2026-11-22', latest: null, previous: handOver }
  const confirm = (state: Operation['state']): Operation => did('confirm-hand-over', { state }, { handOverId: 'h1' })
  expect(handOverToTake(day, [confirm('waiting')], 'fang')).toBeUndefined()
  expect(handOverToTake(day, [confirm('refused')], 'fang')?.id).toBe('h1')
})

test('a day is handed over once its last shift has gone, not at a change of shifts', () => {
  const day = { day: '2026-11-22', latest: null, previous: handOver }
  expect(isHandedOver(day, [], 'wangjing', READ_AT)).toBe(false)
  expect(isHandedOver({ ...day, latest: { ...handOver, endsDay: false } }, [], 'wangjing', READ_AT)).toBe(false)
  expect(isHandedOver({ ...day, latest: handOver }, [], 'wangjing', READ_AT)).toBe(true)
  expect(isHandedOver(day, [did('hand-over', {}, { endsDay: true })], 'wangjing', READ_AT)).toBe(true)
  expect(isHandedOver(day, [did('hand-over', {}, { endsDay: false })], 'wangjing', READ_AT)).toBe(false)
})
