import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { lookAround, placeKnown } from './place-known.ts'

const WANGJING = { latitude: 39.9966, longitude: 116.4706 }
const MINUTE = 60_000
let asked = 0
let known: typeof placeKnown
let look: typeof lookAround

/** A device whose person has said this about its position. */
function deviceThat(state: 'granted' | 'prompt' | 'denied', accuracy = 12): void {
  vi.stubGlobal('navigator', {
    permissions: { query: () => Promise.resolve({ state }) },
    geolocation: {
      getCurrentPosition: (tell: (found: unknown) => void) => {
        asked += 1
        tell({ coords: { ...WANGJING, accuracy } })
      },
    },
  })
}

beforeEach(async () => {
  vi.useFakeTimers()
  vi.resetModules()
  asked = 0
  ;({ lookAround: look, placeKnown: known } = await import('./place-known.ts'))
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('an act says where it was done, and waits for nothing', async () => {
  deviceThat('granted')
  expect(known()).toBeUndefined()
  await vi.advanceTimersByTimeAsync(0)
  expect(known()).toEqual(WANGJING)
})

test('nobody is asked for leave, and without it nothing is known', async () => {
  deviceThat('prompt')
  await look()
  expect([known(), asked]).toEqual([undefined, 0])
  await vi.advanceTimersByTimeAsync(0)

  deviceThat('granted')
  await look()
  expect(known()).toEqual(WANGJING)
})

test('what was long ago is not where she is now', async () => {
  deviceThat('granted')
  await look()
  deviceThat('denied')

  await vi.advanceTimersByTimeAsync(14 * MINUTE)
  expect(known()).toEqual(WANGJING)
  await vi.advanceTimersByTimeAsync(2 * MINUTE)
  expect(known()).toBeUndefined()
})

test('a clock that is put back makes it old', async () => {
  deviceThat('granted')
  await look()
  vi.setSystemTime(Date.now() - 60 * MINUTE)
  expect(known()).toBeUndefined()
})

test('a burst of acts asks the device once a minute', async () => {
  deviceThat('granted')
  await look()
  for (let act = 0; act < 50; act += 1) known()
  await vi.advanceTimersByTimeAsync(0)
  expect(asked).toBe(1)

  await vi.advanceTimersByTimeAsync(MINUTE)
  known()
  await vi.advanceTimersByTimeAsync(0)
  expect(asked).toBe(2)
})

test('a device that knows only its town says nothing', async () => {
  deviceThat('granted', 5_000)
  await look()
  expect(known()).toBeUndefined()
})

test('a browser that cannot say whether it may knows nothing', async () => {
  vi.stubGlobal('navigator', {})
  await look()
  expect(known()).toBeUndefined()
})
