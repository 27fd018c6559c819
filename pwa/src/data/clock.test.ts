import { beforeEach, expect, test } from 'vitest'
import { DeviceClock } from './clock.ts'

const DAY = 86_400_000
const NOON = Date.parse('2026-11-21T12:00:00Z')
const SAID = 'Sat, 21 Nov 2026 12:00:00 GMT'

let wall = 0
let steady = 0
let kept: number[] = []
const open = (offset = 0): DeviceClock => new DeviceClock({ wall: () => wall, steady: () => steady }, offset, (found) => kept.push(found))

function pass(milliseconds: number): void {
  wall += milliseconds
  steady += milliseconds
}

beforeEach(() => {
  wall = NOON
  steady = 1_000
  kept = []
})

test('a clock that is right stays as it is, to the millisecond', () => {
  const clock = open()
  wall = NOON + 900
  clock.heard(SAID, steady - 80)
  pass(10_000)

  expect(clock.now()).toBe(NOON + 10_900)
  expect(kept).toEqual([])
})

test.each([['ahead', DAY], ['behind', -DAY]])('a clock that is a day %s is put right', (_where, error) => {
  wall = NOON + error
  const clock = open()
  clock.heard(SAID, steady)
  pass(3_600_000)

  expect(Math.abs(clock.now() - (NOON + 3_600_000))).toBeLessThan(1_000)
  expect(Math.abs(clock.error - error)).toBeLessThan(1_000)
})

test('an app that was closed knows how wrong the clock is', () => {
  wall = NOON - DAY
  open().heard(SAID, steady)
  const [offset = 0] = kept
  steady = 0
  wall += 60_000

  expect(Math.abs(open(offset).now() - (NOON + 60_000))).toBeLessThan(1_000)
})

test('a clock that somebody puts back in the cellar moves no sale back', () => {
  const clock = open()
  clock.heard(SAID, steady)
  pass(60_000)
  wall -= DAY

  expect(Math.abs(clock.now() - (NOON + 60_000))).toBeLessThan(1_000)
})

test('a phone that slept goes on with the time of the wall', () => {
  const clock = open()
  clock.heard(SAID, steady)
  wall += 3_600_000

  expect(Math.abs(clock.now() - (NOON + 3_600_000))).toBeLessThan(1_000)
})

test('a clock that was put right is believed again', () => {
  const clock = open(-DAY)
  clock.heard(SAID, steady)

  expect(kept).toEqual([0])
  expect(clock.now()).toBe(NOON)
})

test.each([[null], [''], ['yesterday']])('an answer that says no time (%s) changes nothing', (date) => {
  const clock = open(DAY)
  clock.heard(date, steady)

  expect(clock.now()).toBe(NOON + DAY)
})

test('what an older page measured does not overrule an answer', () => {
  const clock = open()
  clock.heard(SAID, steady)
  clock.remember(DAY)

  expect(clock.now()).toBe(NOON)
})
