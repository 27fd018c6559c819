import { expect, test } from 'vitest'
import { shopDay } from './shop-day.ts'

test('the day of a shop goes on until its cut-off, in its own zone', () => {
  const shop = { zone: 'Asia/Shanghai', dayCutoff: '04:00' }
  expect(shopDay([shop], new Date('2026-11-22T15:59:00Z'))).toBe('2026-11-22')
  expect(shopDay([shop], new Date('2026-11-22T16:05:00Z'))).toBe('2026-11-22')
  expect(shopDay([shop], new Date('2026-11-22T19:59:00Z'))).toBe('2026-11-22')
  expect(shopDay([shop], new Date('2026-11-22T20:00:00Z'))).toBe('2026-11-23')
  expect(shopDay([shop], new Date('2026-12-31T17:00:00Z'))).toBe('2026-12-31')
  expect(shopDay([{ ...shop, dayCutoff: '00:00' }], new Date('2026-11-22T16:05:00Z'))).toBe('2026-11-23')
})

test('who has no shop yet reads her own wall', () => {
  expect(shopDay([], new Date(2026, 0, 5, 0, 30))).toBe('2026-01-05')
  expect(shopDay([], new Date(2026, 10, 22, 23, 59))).toBe('2026-11-22')
})

test('a shop that an older app kept has no cut-off: its day is that of its wall', () => {
  expect(shopDay([{ zone: 'Asia/Shanghai' }], new Date('2026-11-22T16:05:00Z'))).toBe('2026-11-23')
})
