import { expect, test } from 'vitest'
import type { Operation } from './operations.ts'
import { soldUnder } from './sold.ts'

const NO = { state: 'refused' as const, reason: { code: 'NOT_PERMITTED', message: '', messageZh: '', problems: [] } }
const sale = (more: Partial<Operation> = {}): Operation =>
  ({ requestId: 'tea', state: 'accepted', deed: { kind: 'sale', lines: [], totalFen: 300 }, ...more }) as unknown as Operation
const undoing = (more: Partial<Operation> = {}): Operation =>
  ({ requestId: 'undo', reverses: 'tea', state: 'waiting', deed: { kind: 'return', lines: [] }, ...more }) as unknown as Operation

test('a receipt stands while its sale does', () => {
  expect(soldUnder([sale()], 'tea')).toMatchObject({ stands: true, deed: { totalFen: 300 } })
  expect(soldUnder([sale({ state: 'waiting' })], 'tea')?.stands).toBe(true)
  expect(soldUnder([sale()], 'water')).toBeUndefined()
  expect(soldUnder([undoing()], 'undo')).toBeUndefined()
})

test('the receipt of what was taken back, or never recorded, is worth nothing', () => {
  expect(soldUnder([undoing(), sale()], 'tea')?.stands).toBe(false)
  expect(soldUnder([undoing({ state: 'refused', fate: NO }), sale()], 'tea')?.stands).toBe(true)
  expect(soldUnder([sale({ state: 'refused', fate: NO })], 'tea')?.stands).toBe(false)
})
