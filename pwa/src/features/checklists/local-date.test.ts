import { expect, test } from 'vitest'
import { localDate } from './local-date.ts'

test('a date is that of the wall, not that of Greenwich', () => {
  expect(localDate(new Date(2026, 0, 5, 0, 30))).toBe('2026-01-05')
  expect(localDate(new Date(2026, 10, 22, 23, 59))).toBe('2026-11-22')
})
