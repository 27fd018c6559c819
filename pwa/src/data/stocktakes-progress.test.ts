import { expect, test } from 'vitest'
import { progressOf } from './stocktakes-progress.ts'

const SHELVES = [
  { id: 'A1', zone: 'A', skuIds: ['tea', 'cola'] },
  { id: 'A2', zone: 'A', skuIds: ['tea'] },
  { id: 'B1', zone: 'B', skuIds: ['milk'] },
]
const WHOLE = { zone: null, shelfIds: null, skuIds: null }
const left = (...progress: ReturnType<typeof progressOf>): string[] => progress.map((each) => `${each.zone} ${each.left}/${each.expected}`)

test('what nobody has counted is left, by zone', () => {
  expect(left(...progressOf(SHELVES, WHOLE, [{ skuId: 'tea', shelfId: 'A1' }]))).toEqual(['A 2/3', 'B 1/1'])
})

test('the same thing on another shelf is still to be counted there', () => {
  expect(left(...progressOf(SHELVES, WHOLE, [{ skuId: 'tea', shelfId: 'A2' }, { skuId: 'tea', shelfId: 'A2' }]))).toEqual(['A 2/3', 'B 1/1'])
})

test('a count without a shelf is of the thing wherever it stands', () => {
  expect(left(...progressOf(SHELVES, WHOLE, [{ skuId: 'tea', shelfId: null }]))).toEqual(['A 1/3', 'B 1/1'])
})

test('only what the stocktake covers is to be counted', () => {
  expect(left(...progressOf(SHELVES, { ...WHOLE, zone: 'B' }, []))).toEqual(['B 1/1'])
  expect(left(...progressOf(SHELVES, { ...WHOLE, shelfIds: ['A2'] }, []))).toEqual(['A 1/1'])
  expect(left(...progressOf(SHELVES, { ...WHOLE, skuIds: ['tea'] }, []))).toEqual(['A 2/2'])
})

test('a code that nobody knows is no progress', () => {
  expect(left(...progressOf(SHELVES, WHOLE, [{ skuId: null, shelfId: 'A1' }]))).toEqual(['A 3/3', 'B 1/1'])
})
