import { expect, test } from 'vitest'
import { timeOf, uuidv7 } from './uuid.ts'

test('a request name is a UUID of version 7', () => {
  expect(uuidv7()).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  expect(uuidv7(0x0123456789ab)).toMatch(/^01234567-89ab-7/)
})

test('later names sort later, and no two are the same', () => {
  expect(uuidv7(1_700_000_000_000) < uuidv7(1_700_000_000_001)).toBe(true)
  expect(new Set(Array.from({ length: 10_000 }, () => uuidv7(1))).size).toBe(10_000)
})

test('a request name says when it was made', () => {
  expect(timeOf(uuidv7(1_795_000_000_000))).toBe(1_795_000_000_000)
  expect(timeOf('sale')).toBe(0)
})
