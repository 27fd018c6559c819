import { expect, test } from 'vitest'
import { rowOf, todayOf } from './rows.ts'

const photo = { kind: 'PHOTO' as const }
const number = { kind: 'NUMBER' as const }
const task = { id: 't1', kind: 'CHECKLIST', storeId: 's1', state: 'OPEN', must: false, isLate: false, needs: [photo], sku: null as { id: string } | null }

test('one tap leads to the act itself', () => {
  expect(rowOf({ ...task, kind: 'OPEN_DAY' }).path).toBe('/day')
  expect(rowOf({ ...task, kind: 'RESTOCK', sku: { id: 'tea' } }).path).toBe('/restock/tea')
  expect(rowOf({ ...task, kind: 'REPAIR_DISCREPANCY', sku: { id: 'tea' } }).path).toBe('/stocktake?item=tea')
  expect(rowOf({ ...task, kind: 'COUNT', needs: [] })).toEqual({ icon: 'clipboard', tone: '', path: '/stocktake?task=t1' })
  expect(rowOf(task).path).toBe('/tasks/t1')
})

test('a row shows what is to be given', () => {
  expect(rowOf(task).icon).toBe('camera')
  expect(rowOf({ ...task, needs: [number, number] }).icon).toBe('keypad')
  expect(rowOf({ ...task, needs: [photo, number] }).icon).toBe('list')
  expect(rowOf({ ...task, kind: 'DISPUTE' }).icon).toBe('warning')
})

test('what must be done stands out, and more when it is late', () => {
  expect(rowOf(task).tone).toBe('')
  expect(rowOf({ ...task, must: true }).tone).toBe('must')
  expect(rowOf({ ...task, must: true, isLate: true }).tone).toBe('urgent')
  expect(rowOf({ ...task, isLate: true }).tone).toBe('')
})

test('the day is as far as what is done of what is asked', () => {
  const states = ['OPEN', 'TAKEN', 'DONE', 'MISSED', 'WITHDRAWN']
  expect(todayOf(states.map((state) => ({ ...task, state })))).toMatchObject({ done: 1, all: 3 })
})
