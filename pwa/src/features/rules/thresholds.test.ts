import { expect, test } from 'vitest'
import { isSame, policyOf, typedOf } from './thresholds.ts'

const POLICY = { recountValue: 5_050, recountPercent: 10, recountUnits: 3, confirmValue: 50_000, confirmPercent: 50, confirmUnits: 20, oddJump: 5 }

test('what is shown is in yuan, and what is kept is the same again', () => {
  expect(typedOf(POLICY).recountValue).toBe('50.5')
  expect(policyOf(typedOf(POLICY))).toEqual({ policy: POLICY, wrong: [] })
})

test('what is no number is named, and nothing is kept', () => {
  const typed = { ...typedOf(POLICY), recountValue: '1.234', recountUnits: '', oddJump: '-1', confirmUnits: '9'.repeat(200) }

  const { policy, wrong } = policyOf(typed)

  expect(policy).toBeUndefined()
  expect(wrong.map(({ field, how }) => `${field} ${how}`)).toEqual(['recountValue NUMBER', 'recountUnits NUMBER', 'confirmUnits NUMBER', 'oddJump NUMBER'])
})

test('what the server would refuse is named before it is asked', () => {
  const typed = { ...typedOf(POLICY), recountValue: '0', recountPercent: '60', confirmUnits: '1000001', oddJump: '1' }

  expect(policyOf(typed).wrong).toEqual([
    { field: 'recountValue', how: 'RANGE', least: 0.01, most: 1e9 },
    { field: 'confirmPercent', how: 'LOW', least: 1, most: 100 },
    { field: 'confirmUnits', how: 'RANGE', least: 1, most: 1e6 },
    { field: 'oddJump', how: 'RANGE', least: 2, most: 100 },
  ])
})

test('a threshold that differs makes another policy', () => {
  expect(isSame(POLICY, { ...POLICY })).toBe(true)
  expect(isSame(POLICY, { ...POLICY, oddJump: 6 })).toBe(false)
})
