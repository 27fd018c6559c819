import { expect, test } from 'vitest'
import { emptyForm, formOf, inputOf, missingIn, moved, newItem, numberOf, wrongIn, type Form } from './form.ts'

function fridge(changes: Partial<Form> = {}): Form {
  return { ...emptyForm('2026-11-22'), title: '冷柜巡检', items: [{ ...newItem('NUMBER'), title: '冷柜温度', min: 0, max: 4 }], ...changes }
}

test('a form says what is missing, from top to bottom', () => {
  expect(missingIn(emptyForm('2026-11-22'))).toBe('title')
  expect(missingIn(fridge({ items: [] }))).toBe('items')
  expect(missingIn(fridge({ items: [newItem('TICK')] }))).toBe('item-title')
  expect(missingIn(fridge({ items: [{ ...newItem('NUMBER'), title: '温度', min: 4, max: 0 }] }))).toBe('range')
  expect(missingIn(fridge({ where: 'stores' }))).toBe('where')
  expect(missingIn(fridge({ where: 'regions' }))).toBe('where')
  expect(missingIn(fridge({ moment: 'AT_TIMES' }))).toBe('times')
  expect(missingIn(fridge({ weekdays: [] }))).toBe('weekdays')
  expect(missingIn(fridge({ validUntil: '2026-11-21' }))).toBe('until')
  expect(missingIn(fridge())).toBeUndefined()
})

test('what is sent is what was chosen, and no more', () => {
  const sent = inputOf(fridge({ storeIds: ['wangjing'], regionIds: ['beijing'], where: 'regions', times: ['16:00'] }), 'request')

  expect(sent).toMatchObject({ storeIds: null, regionIds: ['beijing'], times: null, titleEn: '冷柜巡检', requestId: 'request' })
  expect(sent.items[0]).toMatchObject({ unit: '℃', min: 0, max: 4, titleEn: '冷柜温度' })
})

test('a range belongs to a number only', () => {
  const tick = { ...newItem('TICK'), title: '地面干净', min: 0, max: 4, unit: '℃' }
  expect(inputOf(fridge({ items: [tick] }), 'request').items[0]).toMatchObject({ unit: null, min: null, max: null })
})

test('times are sent in the order of the day', () => {
  expect(inputOf(fridge({ moment: 'AT_TIMES', times: ['16:00', '09:30'] }), 'request').times).toEqual(['09:30', '16:00'])
})

test('what was saved comes back as it was designed', () => {
  const { where: _where, ...rest } = fridge({ storeIds: ['wangjing'] })
  expect(formOf({ ...rest, version: 3, chainWide: false })).toMatchObject({ where: 'stores', version: 3 })
  expect(formOf({ ...rest, version: 3, storeIds: [], regionIds: ['beijing'], chainWide: false }).where).toBe('regions')
  expect(formOf({ ...rest, version: 3, storeIds: [], chainWide: true }).where).toBe('all')
})

test('an item moves one place, and not out of the list', () => {
  expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b'])
  expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c'])
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c'])
})

test('what is no number is told, and not dropped', () => {
  expect([numberOf('-18'), numberOf(' 4.5 '), numberOf('－５'), numberOf('−5'), numberOf('')]).toEqual([-18, 4.5, -5, -5, null])
  expect([numberOf('abc'), numberOf('4度'), numberOf('-')]).toEqual([Number.NaN, Number.NaN, Number.NaN])
  expect(wrongIn({ min: numberOf('abc'), max: 5 })).toBe('number')
  expect(wrongIn({ min: 9, max: -30 })).toBe('range')
  expect(wrongIn({ min: 0, max: null })).toBeUndefined()
  expect(missingIn(fridge({ items: [{ ...newItem('NUMBER'), title: '温度', min: null, max: Number.NaN }] }))).toBe('number')
})
