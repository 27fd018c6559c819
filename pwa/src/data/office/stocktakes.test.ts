import { expect, test } from 'vitest'
import { together, type StoreFigures } from './stocktakes.ts'

const ratio = (numerator: number, denominator: number): StoreFigures['countError'] => ({ numerator, denominator, value: denominator ? numerator / denominator : null })
const store = (storeId: string, wrong: number, checked: number): StoreFigures => ({
  storeId,
  stocktakes: 1,
  discrepancy: ratio(0, 0),
  countError: ratio(wrong, checked),
  minutesPerPerson: ratio(30, 1),
  minutesPerHundred: { value: null },
})

test('a store that checked little weighs little', () => {
  expect(together([store('wangjing', 1, 10), store('guomao', 0, 90)])).toEqual({ countError: 0.01, discrepancy: null, minutesPerPerson: 30 })
})
