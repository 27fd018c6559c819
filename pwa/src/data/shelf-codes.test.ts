import { expect, test } from 'vitest'
import { codesBetween } from './shelf-codes.ts'

test('a row of shelves has every code between its first and its last', () => {
  expect(codesBetween('A-08', 'A-11')).toEqual(['A-08', 'A-09', 'A-10', 'A-11'])
  expect(codesBetween(' 冷柜9 ', '冷柜10')).toEqual(['冷柜9', '冷柜10'])
})

test('one code is a row of one', () => {
  expect(codesBetween('窗口', '')).toEqual(['窗口'])
  expect(codesBetween('A-01', 'A-01')).toEqual(['A-01'])
})

test('what is no row makes no shelf', () => {
  expect(codesBetween('', 'A-01')).toEqual([])
  expect(codesBetween('A-05', 'A-01')).toEqual([])
  expect(codesBetween('A-01', 'B-05')).toEqual([])
  expect(codesBetween('A', 'C')).toEqual([])
  expect(codesBetween('A-001', 'A-201')).toEqual([])
  expect(codesBetween('A-001', 'A-200')).toHaveLength(200)
})
