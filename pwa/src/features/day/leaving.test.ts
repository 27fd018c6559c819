import { expect, test } from 'vitest'
import { isHandedOn, isLeft } from './leaving.ts'

const NOON = Date.parse('2026-11-22T12:00:00Z')
const morning = { must: true, dueAt: '2026-11-22T08:00:00Z' }
const evening = { must: true, dueAt: '2026-11-22T20:00:00Z' }

test('the day ends with everything that must be done', () => {
  expect(isLeft(morning, 'day', NOON)).toBe(true)
  expect(isLeft(evening, 'day', NOON)).toBe(true)
  expect(isLeft({ must: true, dueAt: null }, 'day', NOON)).toBe(true)
})

test('a change of shifts asks for what is due by then, or at no time, as the server does', () => {
  expect(isLeft({ must: true, dueAt: null }, 'shift', NOON)).toBe(true)
  expect(isLeft(morning, 'shift', NOON)).toBe(true)
  expect(isLeft(evening, 'shift', NOON)).toBe(false)
})

test('what may be left out holds nobody up', () => {
  expect(isLeft({ ...morning, must: false }, 'day', NOON)).toBe(false)
})

test('what the books ask for is no part of what is handed on, lists and words are', () => {
  expect(['CHECKLIST', 'FOLLOW_UP', 'SENT', 'DISPUTE'].every((kind) => isHandedOn({ kind }))).toBe(true)
  expect(['OPEN_DAY', 'RESTOCK', 'REPAIR_DISCREPANCY'].some((kind) => isHandedOn({ kind }))).toBe(false)
})
