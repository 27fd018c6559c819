import { expect, test } from 'vitest'
import type { Operation } from './operations.ts'
import { asOfHere, isOpen } from './tasks-here.ts'

const READ_AT = 1_000
const FANG = { actorId: 'fang', actorName: '王芳' }
const fridge = {
  id: 'fridge',
  storeId: 'wangjing',
  kind: 'CHECKLIST',
  state: 'OPEN',
  ownerId: null as string | null,
  ownerName: null as string | null,
  doneById: null as string | null,
  doneByName: null as string | null,
  doneAt: null as string | null,
}
const opening = { ...fridge, id: 'opening', kind: 'OPEN_DAY' }

function did(kind: string, more: Partial<Operation> = {}, taskId = 'fridge'): Operation {
  const operation = { requestId: kind, storeId: 'wangjing', at: 2_000, state: 'waiting', attempts: 0, ...FANG, ...more }
  return { ...operation, deed: { kind, lines: [], input: { taskId } } } as unknown as Operation
}

test('what I did is done at once, and in my name', () => {
  const [task] = asOfHere([fridge], [did('complete-task')], READ_AT)

  expect(task).toMatchObject({ state: 'DONE', doneByName: '王芳', doneAt: new Date(2_000).toISOString() })
  expect(isOpen(fridge)).toBe(true)
  expect(task && isOpen(task)).toBe(false)
})

test('only the task that it was about changes', () => {
  expect(asOfHere([{ ...fridge, id: 'floor' }], [did('complete-task')], READ_AT)[0]?.state).toBe('OPEN')
})

test('what I take is mine, until I leave it', () => {
  const take = did('take-task')
  expect(asOfHere([fridge], [take], READ_AT)[0]).toMatchObject({ state: 'TAKEN', ownerName: '王芳' })
  expect(asOfHere([fridge], [did('leave-task', { at: 3_000 }), take], READ_AT)[0]).toMatchObject({ state: 'OPEN', ownerName: null })
})

test('what the server refused did not happen', () => {
  expect(asOfHere([fridge], [did('complete-task', { state: 'refused' })], READ_AT)[0]?.state).toBe('OPEN')
})

test('what was accepted after the reading counts, and what was before is in it', () => {
  const take = (settledAt: number): Operation => did('take-task', { state: 'accepted', settledAt })
  expect(asOfHere([fridge], [take(READ_AT + 1)], READ_AT)[0]?.state).toBe('TAKEN')
  expect(asOfHere([fridge], [take(READ_AT - 1)], READ_AT)[0]?.state).toBe('OPEN')
})

test('an opened day asks for no opening', () => {
  expect(asOfHere([opening, fridge], [did('open-day')], READ_AT).map(({ state }) => state)).toEqual(['DONE', 'OPEN'])
})

test('a shelf that somebody answered for is done, and the same thing to count is not', () => {
  const tea = { ...fridge, id: 'restock', kind: 'RESTOCK', sku: { id: 'tea' } }
  const count = { ...tea, id: 'count', kind: 'REPAIR_DISCREPANCY' }
  const milk = { ...tea, id: 'milk', sku: { id: 'milk' } }
  const answered = { ...did('restock'), deed: { kind: 'restock', lines: [], input: { skuId: 'tea' } } } as unknown as Operation

  expect(asOfHere([tea, count, milk], [answered], READ_AT).map(({ state }) => state)).toEqual(['DONE', 'OPEN', 'OPEN'])
})

test('what was done in one shop is open in the next', () => {
  const tea = { ...fridge, id: 'tea', kind: 'RESTOCK', sku: { id: 'tea' } }
  const filled = { ...did('restock'), deed: { kind: 'restock', lines: [], input: { skuId: 'tea' } } } as unknown as Operation

  expect(asOfHere([tea, opening], [filled, did('open-day')], READ_AT).map(({ state }) => state)).toEqual(['DONE', 'DONE'])
  const elsewhere = [tea, opening].map((task) => ({ ...task, storeId: 'sanlitun' }))
  expect(asOfHere(elsewhere, [filled, did('open-day')], READ_AT).map(({ state }) => state)).toEqual(['OPEN', 'OPEN'])
})
