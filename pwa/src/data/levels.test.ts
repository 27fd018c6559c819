import { expect, test } from 'vitest'
import { Levels, levelsOfGrid, type Level } from './levels.ts'
import { pendingChange, type Operation } from './operations.ts'

function tea(version: number, onHand: number): Level {
  const available = onHand
  return { storeId: 'wangjing', skuId: 'tea', onHand, reserved: 0, available, incoming: 0, safetyStock: 5, belowSafety: available < 5, soldUnits: 0, version }
}

test('a slow answer does not bring back yesterday', () => {
  const levels = new Levels()
  levels.apply([tea(8, 3)])

  expect(levels.apply([tea(7, 10)])).toEqual([])
  expect(levels.get('wangjing', 'tea')?.onHand).toBe(3)
})

test('a fresh grid replaces all that was known of its store, and nothing of another', () => {
  const levels = new Levels()
  const elsewhere = { ...tea(5, 1), storeId: 'xidan' }
  levels.apply([tea(8, 3), { ...tea(6, 2), skuId: 'milk' }, elsewhere])
  levels.replace('wangjing', [tea(2, 10)])

  expect(levels.get('wangjing', 'tea')).toEqual(tea(2, 10))
  expect(levels.get('wangjing', 'milk')).toBeUndefined()
  expect(levels.get('xidan', 'tea')).toEqual(elsewhere)
  expect(levels.apply([tea(3, 9)])).toEqual([tea(3, 9)])
})

test('a repeated change changes nothing, a newer one does', () => {
  const levels = new Levels()
  levels.apply([tea(8, 3)])

  expect(levels.apply([tea(8, 3), tea(9, 2)])).toEqual([tea(9, 2)])
})

test('in whatever order changes arrive, the newest stays', () => {
  const changes = [tea(1, 10), tea(2, 9), tea(3, 7), tea(4, 12)]
  for (const order of [[3, 1, 0, 2], [0, 1, 2, 3], [2, 3, 1, 0]]) {
    const levels = new Levels()
    for (const index of order) levels.apply(changes.slice(index, index + 1))
    expect(levels.get('wangjing', 'tea')).toEqual(tea(4, 12))
  }
})

test('a grid says the same as its levels', () => {
  expect(levelsOfGrid({ storeIds: ['wangjing'], skuIds: ['milk', 'tea'], rows: [[0, 1, 4, 1, 6, 5, 2, 9]] })).toEqual([
    { storeId: 'wangjing', skuId: 'tea', onHand: 4, reserved: 1, available: 3, incoming: 6, safetyStock: 5, belowSafety: true, soldUnits: 2, version: 9 },
  ])
})

test('what waits in the outbox is already missing from the shelf', () => {
  const origin = { occurredAt: '2026-11-21T06:00:00Z', source: 'PHONE' as const }
  const line = { skuId: 'tea', name: '茶', nameEn: 'Tea', unit: '盒', quantity: 2 }
  const waiting: Operation = {
    requestId: 'r', actorId: 'li-mei', storeId: 'wangjing', at: 0, state: 'waiting', attempts: 0,
    deed: { kind: 'sale', input: { requestId: 'r', storeId: 'wangjing', origin, lines: [] }, lines: [line], totalFen: 0 },
  }

  expect(pendingChange([waiting, { ...waiting, state: 'accepted' }], 'wangjing', 'tea')).toBe(-2)
  expect(pendingChange([waiting], 'wangfujing', 'tea')).toBe(0)
})
