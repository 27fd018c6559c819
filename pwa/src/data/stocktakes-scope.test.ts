import { expect, test } from 'vitest'
import { isOutside, progressOf, type ScopeOf, type Seen, type Shop } from './stocktakes-scope.ts'

const CATEGORIES: Record<string, string> = { tea: 'milk tea', cola: 'soda', milk: 'soda', water: 'water' }
const SHOP: Shop = {
  places: [
    { id: 'A1', zone: 'A', skuIds: ['tea', 'cola'] },
    { id: 'A2', zone: 'A', skuIds: ['tea'] },
    { id: 'B1', zone: 'B', skuIds: ['milk'] },
    { id: 'C1', zone: 'C', skuIds: [] },
  ],
  categoryOf: (skuId) => CATEGORIES[skuId],
  parents: new Map([['milk tea', 'drinks'], ['soda', 'drinks'], ['drinks', null], ['water', null]]),
  kept: ['tea', 'cola', 'milk', 'water'],
}
const of = (kind: ScopeOf['kind'], ...ids: string[]): ScopeOf => ({ kind, zone: kind === 'ZONE' ? (ids[0] ?? null) : null, ids: kind === 'ZONE' ? [] : ids })
const at = (shelfId: string | null, ...skuIds: string[]): Seen[] => skuIds.map((skuId) => ({ skuId, shelfId }))
function far(scope: ScopeOf, seen: Seen[], shop = SHOP): string {
  const { goods, left } = progressOf(scope, shop, seen)
  return `${goods - left.length}/${goods} ${left.map(({ skuId, shelfIds }) => `${skuId}@${shelfIds.join('+')}`).join(' ')}`.trim()
}

test('a thing is counted when it was counted on every shelf that expects it', () => {
  expect(far(of('ZONE', 'A'), at('A1', 'cola'))).toBe('1/2 tea@A1+A2')
  expect(far(of('ZONE', 'A'), [...at('A1', 'cola', 'tea')])).toBe('1/2 tea@A2')
  expect(far(of('ZONE', 'A'), [...at('A1', 'cola', 'tea'), ...at('A2', 'tea')])).toBe('2/2')
})

test('a count without a shelf is of the thing wherever it stands', () => {
  expect(far(of('ZONE', 'A'), at(null, 'tea'))).toBe('1/2 cola@A1')
})

test('only the goods of the scope are counted in its progress', () => {
  expect(far(of('SHELVES', 'A2'), at('A1', 'tea'))).toBe('0/1 tea@A2')
  expect(far(of('SKUS', 'tea', 'water'), at(null, 'water', 'cola'))).toBe('1/2 tea@A1+A2')
  expect(far(of('CATEGORIES', 'drinks'), at(null, 'tea', 'water'))).toBe('1/3 cola@A1 milk@B1')
  expect(far(of('STORE'), at('C1', 'water'))).toBe('1/4 tea@A1+A2 cola@A1 milk@B1')
})

test('a shop without shelves has its goods by category all the same', () => {
  expect(far(of('CATEGORIES', 'drinks'), at(null, 'tea'), { ...SHOP, places: [] })).toBe('1/3 cola@ milk@')
})

test('water is none of the business of a count of drinks, nor of a shelf that expects tea', () => {
  const outside = (scope: ScopeOf): string[] => ['tea', 'cola', 'milk', 'water'].filter((skuId) => isOutside(scope, SHOP, skuId))

  expect(outside(of('CATEGORIES', 'drinks'))).toEqual(['water'])
  expect(outside(of('SKUS', 'tea', 'milk'))).toEqual(['cola', 'water'])
  expect(outside(of('SHELVES', 'A2'))).toEqual(['cola', 'milk', 'water'])
  expect(outside(of('ZONE', 'A'))).toEqual(['milk', 'water'])
  expect(outside(of('STORE'))).toEqual([])
})

test('nothing is outside where nobody said what belongs there', () => {
  expect(isOutside(of('SHELVES', 'C1'), SHOP, 'tea')).toBe(false)
  expect(isOutside(of('CATEGORIES', 'drinks'), { ...SHOP, parents: new Map() }, 'water')).toBe(false)
  expect(isOutside(of('CATEGORIES', 'drinks'), SHOP, 'new')).toBe(false)
})
