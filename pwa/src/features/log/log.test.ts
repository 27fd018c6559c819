import { expect, test } from 'vitest'
import { actsOf, GROUPS, groupsIn, isOfStock } from './acts.ts'
import { aboutOf, partsOf } from './parts.ts'

const SALE = '{"act":"stock.sale","actor":"a","at":"2026-11-22T08:00:00Z","document":"d","request":null,"wrote":{"lines":2,"movements":"ff"}}'
const LEFT = '{"act":"person.left","actor":"a","at":"2026-11-22T08:00:00Z","details":{"left_at":"2026-11-22","person":"p"}}'

test('the parts of a body are told one after another, however deep they stand', () => {
  expect(partsOf(SALE)).toEqual([['document', 'd'], ['request', null], ['lines', 2], ['movements', 'ff']])
  expect(partsOf(LEFT)).toEqual([['left_at', '2026-11-22'], ['person', 'p']])
})

test('who it was done to is a person, or nobody', () => {
  expect([aboutOf(LEFT), aboutOf(SALE), aboutOf('{"act":"sign_in.failed","details":{"person":null}}')]).toEqual(['p', undefined, undefined])
})

test('a choice asks for a group, for one act, or for everything', () => {
  expect(actsOf('')).toBeUndefined()
  expect(actsOf('access')).toEqual(['access.granted', 'access.ended', 'person.left'])
  expect(actsOf('person.left')).toEqual(['person.left'])
  expect(actsOf('toString')).toEqual(['toString'])
})

test('acts of stock are offered where a store is chosen', () => {
  expect(groupsIn('a store')).toContain('stock')
  expect(groupsIn('').some(isOfStock)).toBe(false)
  expect(groupsIn('').flatMap((group) => GROUPS[group]).some((act) => act.startsWith('stock.') || isOfStock(act))).toBe(false)
  expect(isOfStock('stock.sale')).toBe(true)
})

test('no act stands in two groups', () => {
  const acts = Object.values(GROUPS).flat()
  expect(new Set(acts).size).toBe(acts.length)
})
