import { expect, test } from 'vitest'
import { pathOf } from './calls.ts'

const HOME = 'https://stock.example'

test('a call leads to a page of our own', () => {
  expect(pathOf({ path: '/people/alarms' }, HOME)).toBe('/people/alarms')
  expect(pathOf({ path: '/tasks?open=1' }, HOME)).toBe('/tasks?open=1')
})

test.each([
  [undefined],
  [null],
  ['/people'],
  [{}],
  [{ path: 7 }],
  [{ path: 'https://evil.example/' }],
  [{ path: '//evil.example/' }],
  [{ path: '/\\evil.example/' }],
  [{ path: '//[' }],
  [{ path: 'javascript:alert(1)' }],
])('and whatever else it says, to the first', (message) => {
  expect(pathOf(message, HOME)).toBe('/')
})
