import { expect, test } from 'vitest'
import { countingLeads, sensibleNow } from './sensible.ts'

test('a closed shop opens first', () => {
  expect(sensibleNow({ opened: false, closesAt: '22:30', now: '07:20' })).toBe('open')
})

test('during the day a customer may bring something back', () => {
  expect(sensibleNow({ opened: true, closesAt: '22:30', now: '14:00' })).toBe('return')
})

test('before closing, and a little after, it is time to count', () => {
  expect(sensibleNow({ opened: true, closesAt: '22:30', now: '21:00' })).toBe('count')
  expect(sensibleNow({ opened: true, closesAt: '00:30', now: '23:10' })).toBe('count')
  expect(sensibleNow({ opened: true, closesAt: '22:30', now: '23:00' })).toBe('count')
})

test('the last button leads to what is being counted or still due, then to the hand-over', () => {
  const day = { sessions: [] as string[], counted: false, asked: undefined, nothingDue: false, handedOver: false }
  expect(countingLeads(day)).toEqual({ state: 'none', path: '/stocktake' })
  expect(countingLeads({ ...day, sessions: ['a'] })).toEqual({ state: 'running', path: '/stocktake/a' })
  expect(countingLeads({ ...day, sessions: ['a', 'b'], counted: true }).path).toBe('/stocktake')
  expect(countingLeads({ ...day, nothingDue: true }).state).toBe('none')
  expect(countingLeads({ ...day, counted: true })).toEqual({ state: 'partCounted', path: '/stocktake' })
  expect(countingLeads({ ...day, counted: true, nothingDue: true })).toEqual({ state: 'allCounted', path: '/day/hand-over' })
  expect(countingLeads({ ...day, counted: true, handedOver: true }).state).toBe('handedOver')
})

test('where the day asks for a count, that count decides, on the phone that counted and on any other', () => {
  const day = { sessions: [] as string[], counted: false, asked: false, nothingDue: false, handedOver: false }
  expect(countingLeads(day).state).toBe('allCounted')
  expect(countingLeads({ ...day, counted: true }).state).toBe('allCounted')
  expect(countingLeads({ ...day, counted: true, asked: true, nothingDue: true }).state).toBe('partCounted')
})
