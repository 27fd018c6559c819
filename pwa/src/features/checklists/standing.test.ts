import { expect, test } from 'vitest'
import { shareOf, standingOf } from './standing.ts'

const SUNDAY = '2026-11-22'
const daily = { active: true, moment: 'AT_OPENING' as const, times: [] as string[], weekdays: [1, 2, 3, 4, 5, 6, 7], validFrom: '2026-11-01', validUntil: null, chainWide: true, storeIds: [], regionIds: [] }
const shops = [{ id: 'wangjing', region: { id: 'beijing' }, opensAt: '07:30:00', closesAt: '23:00:00' }]
const none = { due: 0, totalCount: 0 }
const at = (time: string, day = SUNDAY): { day: string; time: string; shops: typeof shops } => ({ day, time, shops })

test('what shops were asked to do is told in figures, and what they will be asked waits', () => {
  expect(standingOf(daily, { due: 1, totalCount: 3 }, at('13:00'))).toBe('figures')
  expect(standingOf(daily, { due: 0, totalCount: 2 }, at('13:00'))).toBe('notYet')
})

test('a list of other weekdays or other weeks is not done today', () => {
  expect(standingOf({ ...daily, weekdays: [1, 4] }, none, at('09:00'))).toBe('notToday')
  expect(standingOf({ ...daily, weekdays: [7] }, none, at('08:00'))).toBe('over')
  expect(standingOf({ ...daily, validFrom: '2026-11-23' }, none, at('07:00'))).toBe('notToday')
  expect(standingOf({ ...daily, validUntil: '2026-11-21' }, none, at('07:00'))).toBe('notToday')
})

test('a list whose time was past when it was saved is over', () => {
  expect(standingOf(daily, none, at('13:00'))).toBe('over')
  expect(standingOf({ ...daily, moment: 'BEFORE_HAND_OVER' }, none, at('13:00'))).toBe('notYet')
  expect(standingOf({ ...daily, moment: 'AT_TIMES', times: ['10:30', '15:30'] }, none, at('13:00'))).toBe('notYet')
  expect(standingOf({ ...daily, moment: 'AT_TIMES', times: ['10:30'] }, none, at('13:00'))).toBe('over')
  expect(standingOf({ ...daily, moment: 'AT_TIMES', times: ['03:59'] }, none, at('13:00')), 'the next morning').toBe('notYet')
  expect(standingOf({ ...daily, moment: 'BEFORE_HAND_OVER', chainWide: false, storeIds: ['guomao'] }, none, at('13:00'))).toBe('over')
})

test('nothing is said of what is off or not known yet', () => {
  expect(standingOf({ ...daily, active: false }, none, at('13:00'))).toBe('off')
  expect(standingOf(daily, undefined, at('13:00'))).toBe('unknown')
})

test('a list that one shop of three did early is not done', () => {
  expect(shareOf({ done: 1, totalCount: 3 })).toBe('33%')
  expect(shareOf({ done: 299, totalCount: 300 }), 'not all').toBe('99%')
  expect(shareOf({ done: 3, totalCount: 3 })).toBe('100%')
  expect(shareOf({ done: 0, totalCount: 0 }), 'nothing was asked').toBe('–')
})
