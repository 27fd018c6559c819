import { expect, test } from 'vitest'
import { firstFar, isFar, leadsFar } from './counts-plausible.ts'

test('a thousand pieces are asked about, a day’s worth is not', () => {
  expect([999, 1_000, 99_999].map((quantity) => isFar(quantity, '瓶'))).toEqual([false, true, true])
})

test('what is counted in grams reaches a thousand every day', () => {
  expect([2_000, 100_000].map((quantity) => isFar(quantity, '克'))).toEqual([false, true])
})

test('more than twenty times what she sees beside it is asked about, unless it is little', () => {
  expect([isFar(200, '瓶', 10), isFar(201, '瓶', 10), isFar(90, '瓶', 1), isFar(300, '瓶', 0)]).toEqual([false, true, false, false])
})

test('who counts blind is asked by the figure alone', () => {
  expect(isFar(201, '瓶')).toBe(false)
})

test('adding is asked about once, where it passes the mark', () => {
  expect([leadsFar(500, 499, '瓶'), leadsFar(600, 400, '瓶'), leadsFar(1_000, 12, '瓶'), leadsFar(0, 99_999, '瓶')]).toEqual([false, true, false, true])
})

test('before a sale is paid, the line that is far is asked about, until she stands by that very figure', () => {
  const line = (id: string, quantity: number, unit = '罐'): { item: { id: string; unit: string }; quantity: number } => ({ item: { id, unit }, quantity })
  const lines = [line('tart', 2), line('ham', 2_300, '克'), line('cola', 999_999)]
  const known = (id: string): number | undefined => ({ tart: 1, cola: 36 })[id]
  const asked = (stoodBy: [string, number][], of = lines): string | undefined => firstFar(of, known, new Map(stoodBy))?.item.id

  expect([asked([]), asked([['cola', 999]]), asked([['cola', 999_999]])]).toEqual(['cola', 'cola', undefined])
  expect([asked([], [line('cola', 720)]), asked([], [line('cola', 721)])]).toEqual([undefined, 'cola'])
})
