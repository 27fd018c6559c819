import { expect, test } from 'vitest'
import { dueAt } from './due.ts'

const noon = new Date('2026-11-22T04:00:30Z')

test('a task may wait, be due within the hour, or before the shop closes', () => {
  expect(dueAt('none', noon, '22:30', 'Asia/Shanghai')).toBeNull()
  expect(dueAt('hour', noon, '22:30', 'Asia/Shanghai')).toBe('2026-11-22T05:00:30.000Z')
  expect(dueAt('closing', noon, '22:30', 'Asia/Shanghai')).toBe('2026-11-22T14:30:30.000Z')
})

test('a shop that closes after midnight closes tomorrow', () => {
  expect(dueAt('closing', noon, '02:00', 'Asia/Shanghai')).toBe('2026-11-22T18:00:30.000Z')
})
