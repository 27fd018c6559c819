import { expect, test } from 'vitest'
import { categoryLines, inherited } from './category-tree.ts'

const category = (id: string, parentId: string | null) => ({ id, code: id, name: id, nameEn: id, parentId })
const TREE = [category('food', null), category('soap', null), category('milk', 'food'), category('yoghurt', 'milk')]

test('what is below stands below, and says whose word counts', () => {
  const lines = categoryLines(TREE, [
    { categoryId: 'milk', handling: 'CHILLED', own: true },
    { categoryId: 'yoghurt', handling: 'CHILLED', own: false },
  ])

  expect(lines.map(({ category: { id }, depth, handling, own }) => [id, depth, handling, own])).toEqual([
    ['food', 0, 'AMBIENT', false],
    ['milk', 1, 'CHILLED', true],
    ['yoghurt', 2, 'CHILLED', false],
    ['soap', 0, 'AMBIENT', false],
  ])
  expect(inherited(lines, 'milk')).toBe('CHILLED')
  expect(inherited(lines, 'food')).toBe('AMBIENT')
  expect(inherited(lines, null)).toBe('AMBIENT')
})
