import { expect, test } from 'vitest'
import { wholeYuan, yuan } from './money.ts'

test('a price keeps its last fen', () => {
  expect(yuan(1805)).toBe('¥18.05')
  expect(yuan(5)).toBe('¥0.05')
})

test('a refund carries its sign in front', () => {
  expect(yuan(-350)).toBe('-¥3.50')
})

test('a day of trade is read in whole yuan', () => {
  expect(wholeYuan(4_821_049)).toBe('¥48,210')
  expect(wholeYuan(-149)).toBe('-¥1')
  expect(wholeYuan(-20)).toBe('¥0')
})
