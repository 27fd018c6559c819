import { expect, test } from 'vitest'
import { isFar, leadsFar } from './counts-plausible.ts'

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
