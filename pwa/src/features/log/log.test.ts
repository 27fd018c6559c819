import { expect, test } from 'vitest'
import { actsOf, GROUPS, groupsIn, isOfStock } from './acts.ts'
import { aboutOf, beginningOf, partsOf } from './parts.ts'
import { wayOf } from './ways.ts'

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

const ID = '01a202da-4a32-7d80-bb7c-d6286cf37675'
const STORE = '9f1b7c52-0d55-5a0e-9d6e-0a6d0f0c2b11'
const told = (act: string, details: object, storeId: string | null = STORE): { act: string; body: string; storeId: string | null } => ({ act, storeId, body: JSON.stringify({ act, details }) })
const anything = (): boolean => true
const nothing = (): boolean => false

test('an id and a digest are told by their beginnings, words are not', () => {
  expect(beginningOf(ID)).toBe('01a2…7675')
  expect(beginningOf('ae79e8b452a9eb5dc86f0d6f07841de08c7bbd6a3c1c0fa7ef23ee4ecd11e3de')).toBe('ae79e8b4…')
  expect([beginningOf('quality'), beginningOf('2026-11-22T08:00:00Z')]).toEqual([undefined, undefined])
})

test('a photo is about a thing, and not about a person', () => {
  expect(aboutOf(JSON.stringify({ act: 'photo.kept', details: { photo: ID, about: STORE, kind: 'task' } }))).toBeUndefined()
})

test('an entry leads to what it is about', () => {
  expect(wayOf(told('stocktake.confirmed', { stocktake: ID }), nothing)).toEqual({ to: `/stocktake/${ID}/check`, word: 'count' })
  expect(wayOf(told('return.recorded', { return: STORE, sku: ID }), anything)).toEqual({ to: `/stores/${STORE}/items/${ID}`, word: 'item' })
  expect(wayOf(told('task.completed', { task: ID }), nothing)).toEqual({ to: `/manager/stores/${STORE}`, word: 'store' })
  expect(wayOf(told('checklist.saved', { checklist: ID }, null), anything)).toEqual({ to: `/checklists/${ID}`, word: 'checklist' })
  expect(wayOf(told('stocktake.policy_set', {}, null), anything)).toEqual({ to: '/rules', word: 'rules' })
})

test('an entry leads nowhere that its reader may not go', () => {
  expect(wayOf(told('checklist.saved', { checklist: ID }, null), nothing)).toBeUndefined()
  expect(wayOf(told('person.left', { person: ID }, null), nothing)).toBeUndefined()
  expect(wayOf(told('return.recorded', { return: STORE, sku: ID }), nothing)).toEqual({ to: `/manager/stores/${STORE}`, word: 'store' })
})
