import { expect, test } from 'vitest'
import { readWeighed, type InStorePattern } from '@/data/in-store-codes.ts'
import { exampleOf, NEW, overlapping, partsOf, patternOf, valueChoices, whyUnread } from './scale-draft.ts'

const GRAMS: InStorePattern = { prefix: '24', itemDigits: 5, valueDigits: 5, measure: 'GRAMS', priceCheck: false }
const FEN: InStorePattern = { prefix: '249', itemDigits: 3, valueDigits: 5, measure: 'FEN', priceCheck: true }

test('whatever can be chosen makes codes of 13 digits that are read as they were written', () => {
  for (const prefix of ['02', '20', '29', '299'])
    for (const priceCheck of [false, true])
      for (const valueDigits of valueChoices(priceCheck)) {
        const pattern = patternOf({ prefix, valueDigits, measure: 'GRAMS', priceCheck })!
        const code = exampleOf(pattern)

        expect(code).toHaveLength(13)
        expect(readWeighed(code, [pattern])?.value).toBe(1234)
        expect(partsOf(code, pattern).map(({ digits }) => digits).join('')).toBe(code)
      }
})

test('no prefix is no pattern', () => {
  for (const prefix of ['', '2', '3', '69', '03', '2000', '2x', '２４']) expect(patternOf({ ...NEW, prefix }), prefix).toBeUndefined()
})

test('the parts say what they are', () => {
  expect(partsOf('2490011012343', FEN)).toEqual([
    { part: 'prefix', digits: '249' },
    { part: 'item', digits: '001' },
    { part: 'check', digits: '1' },
    { part: 'value', digits: '01234' },
    { part: 'end', digits: '3' },
  ])
})

test('a prefix that another begins with overlaps it, itself does not', () => {
  expect(overlapping('24', [GRAMS, FEN])).toEqual([FEN])
  expect(overlapping('249', [GRAMS, FEN])).toEqual([GRAMS])
  expect(overlapping('25', [GRAMS, FEN])).toEqual([])
})

test('why a code is not read is said', () => {
  const good = exampleOf(FEN)
  const body = good.slice(0, 6) + ((Number(good[6]) + 1) % 10) + good.slice(7, 12)
  const wrongPrice = [...Array(10).keys()].map((digit) => body + digit).find((code) => whyUnread(code, [FEN]) !== 'CHECK')!

  expect(whyUnread(good, [FEN])).toBeUndefined()
  expect(whyUnread('9'.repeat(200), [FEN])).toBe('LENGTH')
  expect(whyUnread(good.slice(0, 12) + ((Number(good[12]) + 1) % 10), [FEN])).toBe('CHECK')
  expect(whyUnread(good, [])).toBe('STRANGE')
  expect(whyUnread(wrongPrice, [FEN])).toBe('PRICE_CHECK')
})
