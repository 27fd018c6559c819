import { expect, test, vi } from 'vitest'
import { metresBetween, whereAmI } from './place.ts'

const WANGJING = { latitude: 39.9966, longitude: 116.4706 }

test('a shop is no distance from itself', () => {
  expect(metresBetween(WANGJING, WANGJING)).toBe(0)
})

test('a thousandth of a degree to the north is 111 metres, and to the east less, this far north', () => {
  expect(metresBetween(WANGJING, { ...WANGJING, latitude: 39.9976 })).toBeCloseTo(111.2, 0)
  expect(metresBetween(WANGJING, { ...WANGJING, longitude: 116.4716 })).toBeCloseTo(85.2, 0)
})

test('Beijing and Shanghai are 1070 kilometres apart', () => {
  expect(metresBetween(WANGJING, { latitude: 31.2397, longitude: 121.4998 }) / 1000).toBeCloseTo(1073, -1)
})

function deviceThat(getCurrentPosition: unknown): void {
  vi.stubGlobal('navigator', { geolocation: { getCurrentPosition } })
}

test('a device that says where it is', async () => {
  deviceThat((tell: (found: unknown) => void) => tell({ coords: { ...WANGJING, accuracy: 12 } }))
  expect(await whereAmI()).toEqual({ ...WANGJING, accuracy: 12 })
})

test('a person who does not want to say is told apart from a device that cannot', async () => {
  deviceThat((_tell: unknown, no: (why: unknown) => void) => no({ code: 1, PERMISSION_DENIED: 1 }))
  expect(await whereAmI()).toBe('refused')
  deviceThat((_tell: unknown, no: (why: unknown) => void) => no({ code: 3, PERMISSION_DENIED: 1 }))
  expect(await whereAmI()).toBe('unknown')
  vi.stubGlobal('navigator', {})
  expect(await whereAmI()).toBe('unknown')
})

test('a question that nobody answers is not waited for', async () => {
  vi.useFakeTimers()
  deviceThat(() => undefined)
  const answer = whereAmI()
  await vi.advanceTimersByTimeAsync(6_000)
  expect(await answer).toBe('unknown')
  vi.useRealTimers()
})
