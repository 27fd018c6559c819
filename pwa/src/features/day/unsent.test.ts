import { expect, test } from 'vitest'
import type { Operation } from '@/data/operations.ts'
import { unsentOf } from './unsent.ts'

const CROISSANT = { skuId: 'croissant', name: '可颂', nameEn: 'Croissant', unit: '个', quantity: 9 }

function did(requestId: string, deed: object, more: Partial<Operation> = {}): Operation {
  return { requestId, storeId: 'wangjing', actorId: 'fang', at: 1, state: 'waiting', attempts: 0, deed: { lines: [], input: {}, ...deed }, ...more } as unknown as Operation
}

const sale = did('s', { kind: 'sale', totalFen: 2_670 })
const brought = did('r', { kind: 'goods-return' })
const counted = did('c', { kind: 'count', lines: [CROISSANT], counted: 9, booked: 10 })

test('what waits in this shop is told by what it is: sales, returns, and the differences that were counted', () => {
  const unsent = unsentOf([sale, brought, counted, did('l', { kind: 'count-lines', input: { lines: [1, 2] } }), did('i', { kind: 'inspection' })], 'wangjing')
  expect(unsent).toEqual({
    sales: 1,
    salesFen: 2_670,
    returns: 1,
    differences: [{ sku: { id: 'croissant', name: '可颂', nameEn: 'Croissant', unit: '个' }, quantity: -1, value: null }],
    counts: 2,
    others: 1,
  })
})

test('what is sent, of another shop, or changes no figure is left out', () => {
  expect(unsentOf([{ ...sale, state: 'accepted' }, { ...brought, storeId: 'guomao' }, did('t', { kind: 'complete-task' }), did('h', { kind: 'hand-over' })], 'wangjing')).toBeUndefined()
})

test('what needs its person is in no book either, until somebody has dealt with it', () => {
  const moved = { ...counted, state: 'needs-you' } as Operation
  expect(unsentOf([moved], 'wangjing')?.differences).toMatchObject([{ quantity: -1 }])
  expect(unsentOf([{ ...moved, handled: true }], 'wangjing')).toBeUndefined()
})

test('what was taken back before it was sent comes to nothing', () => {
  const undone = did('u', { kind: 'correction', lines: [{ ...CROISSANT, quantity: 1 }] }, { reverses: 'c' })
  expect(unsentOf([counted, undone], 'wangjing')).toBeUndefined()
  expect(unsentOf([undone], 'wangjing')?.differences).toMatchObject([{ quantity: 1 }])
  expect(unsentOf([counted, did('m', { kind: 'correction', lines: [{ ...CROISSANT, quantity: 1 }] })], 'wangjing')?.differences).toEqual([])
})
