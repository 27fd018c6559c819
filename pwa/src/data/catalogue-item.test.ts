import { expect, test } from 'vitest'
import { searchItems, type CatalogueItem } from './catalogue-item.ts'
import { initials } from './pinyin.ts'

function item(name: string, nameEn: string, gtin: string): CatalogueItem {
  return { id: name, code: `K-${nameEn}`, name, nameEn, unit: '杯', categoryId: 'tea', gtins: [{ gtin, packUnits: 1 }], priceFen: 100, initials: initials(name) }
}

const SHELF = [
  item('茉莉奶绿', 'Jasmine milk tea', '6901234567892'),
  item('抹茶麻薯', 'Matcha mochi', '6909999999991'),
  item('东方树叶茉莉', 'Bottled jasmine', '6901111111114'),
]
const found = (text: string): string[] => searchItems(SHELF, text).map(({ name }) => name)

test('initials are what a thumb types', () => {
  expect(initials('茉莉奶绿')).toBe('mlnl')
  expect(initials('可口可乐330ml')).toBe('kkkl330ml')
  expect(initials('二锅头（小）')).toBe('egtx')
})

test('the name that begins so comes before the name that contains it', () => {
  expect(found('ml')).toEqual(['茉莉奶绿', '东方树叶茉莉'])
  expect(found('茉莉')).toEqual(['茉莉奶绿', '东方树叶茉莉'])
})

test('whole pinyin finds what initials find', () => {
  expect(found('molinailv')).toEqual(['茉莉奶绿'])
  expect(found('mashu')).toEqual(['抹茶麻薯'])
})

test('a whole barcode finds its item, a part of one too', () => {
  expect(found('6909999999991')).toEqual(['抹茶麻薯'])
  expect(found('11111')).toEqual(['东方树叶茉莉'])
})

test('nothing typed finds nothing', () => {
  expect(found('  ')).toEqual([])
})
