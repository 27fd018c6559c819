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
  for (let hour = 0; hour < 25; hour += 1) tether = livedOn(tether, HOUR, 90 * HOUR)

  expect(isTooLong(tether, 90 * HOUR)).toBe(true)
})

test('a word from the server begins anew', () => {
  const tether = livedOn(heardAt(0, 24), 23 * HOUR, 23 * HOUR)

  expect(isTooLong(heardAt(23 * HOUR, tether.hours), 40 * HOUR)).toBe(false)
})

test('a clock that is set back between two openings takes nothing off', () => {
  let tether = heardAt(0, 24)
  tether = livedOn(tether, 0, 20 * HOUR)
  tether = livedOn(tether, 0, 1 * HOUR)
  tether = livedOn(tether, 5 * HOUR, 6 * HOUR)

  expect(isTooLong(tether, 6 * HOUR)).toBe(true)
})

test('a clock that jumps back and forth within the day does not end it', () => {
  let tether = heardAt(100 * HOUR, 24)
  for (const now of [101, 60, 103, 99, 104]) tether = livedOn(tether, 60_000, now * HOUR)

  expect(isTooLong(tether, 104 * HOUR)).toBe(false)
  expect(tether.lived).toBeLessThan(5 * HOUR)
})
