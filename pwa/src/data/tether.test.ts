import { expect, test } from 'vitest'
import { heardAt, isTooLong, livedOn } from './tether.ts'

const HOUR = 3_600_000

test('a day without a word is enough, and less is not', () => {
  const tether = heardAt(0, 24)

  expect(isTooLong(tether, 24 * HOUR)).toBe(false)
  expect(isTooLong(tether, 24 * HOUR + 1)).toBe(true)
})

test('the server says how long', () => {
  expect(isTooLong(heardAt(0, 2), 3 * HOUR)).toBe(true)
  expect(isTooLong(heardAt(0, 72), 30 * HOUR)).toBe(false)
})

test('setting the clock back does not make it last', () => {
  let tether = heardAt(100 * HOUR, 24)
  for (let hour = 0; hour < 25; hour += 1) tether = livedOn(tether, HOUR)

  expect(isTooLong(tether, 90 * HOUR)).toBe(true)
})

test('a word from the server begins anew', () => {
  const tether = livedOn(heardAt(0, 24), 23 * HOUR)

  expect(isTooLong(heardAt(23 * HOUR, tether.hours), 40 * HOUR)).toBe(false)
})
