import { expect, test } from 'vitest'
import { endOfDay, localDay } from './days.ts'
import { reachOf, rolesToGive } from './roles.ts'

test('who helps until the 25th helps on the 25th', () => {
  expect(endOfDay('2026-11-25')).toBe('2026-11-25T16:00:00.000Z')
})

test('an hour after midnight in Shanghai it is another day than in London', () => {
  expect(localDay(0, Date.parse('2026-11-21T17:00:00Z'))).toBe('2026-11-22')
  expect(localDay(7, Date.parse('2026-11-21T17:00:00Z'))).toBe('2026-11-29')
})

test('nobody is offered a role to give that is not theirs to give', () => {
  expect(rolesToGive(['CLERK'])).toEqual([])
  expect(rolesToGive(['STORE_MANAGER', 'CLERK'])).toEqual(['CLERK'])
  expect(rolesToGive(['BUYER'])).toEqual([])
  expect(rolesToGive(['HQ_COMPLIANCE'])).toEqual(['HQ_COMPLIANCE'])
  expect(rolesToGive(['REGIONAL_MANAGER', 'STORE_MANAGER'])).toEqual(['CLERK', 'STORE_MANAGER'])
})

test('a role reaches as far as its name says', () => {
  expect([reachOf('CLERK'), reachOf('REGIONAL_MANAGER'), reachOf('BUYER')]).toEqual(['store', 'region', 'chain'])
})
