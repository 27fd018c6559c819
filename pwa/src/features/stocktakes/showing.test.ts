import { expect, test } from 'vitest'
import { showingOf } from './showing.ts'

const looking = { away: false, problem: '', found: false, contact: 'live' } as const

test('without a network the check says so at once', () => {
  expect(showingOf({ ...looking, contact: 'offline' })).toBe('away')
  expect(showingOf({ ...looking, contact: 'offline', problem: 'no network' })).toBe('away')
})

test('what is there stays there when the network goes', () => {
  expect(showingOf({ ...looking, found: true, contact: 'offline' })).toBe('sheet')
})

test('with a network it waits, and says what went wrong', () => {
  expect(showingOf(looking)).toBe('waiting')
  expect(showingOf({ ...looking, contact: 'connecting' })).toBe('waiting')
  expect(showingOf({ ...looking, problem: 'busy' })).toBe('problem')
  expect(showingOf({ ...looking, away: true })).toBe('away')
})
