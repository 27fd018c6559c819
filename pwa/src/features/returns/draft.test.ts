import 'fake-indexeddb/auto'
import { beforeEach, expect, test } from 'vitest'
import { forgetReadings } from '@/data/database.ts'
import type { Operation } from '@/data/operations.ts'
import { forgetDraft, keepDraft, keptDraft, type ReturnDraft } from './draft.ts'

const li = { actorId: 'li-mei', storeId: 'wangjing' }
const photo = { id: 'p1', sha256: 'aa', bytes: 10, takenAt: '2026-11-22T08:00:00Z' }
const draft = {
  item: { id: 'cola', name: '可乐' },
  sale: null,
  candidates: [],
  again: { requestId: 'r0', why: '买了 1 件，已退 1 件' },
  begun: { quantity: 2, reason: 'QUALITY', photos: [photo] },
} as unknown as ReturnDraft
const recorded = (requestId: string, id: string): Operation => ({ requestId, deed: { kind: 'goods-return', input: { photos: [{ id }] } } }) as unknown as Operation

beforeEach(() => forgetDraft())

test('what was said of a return is there after a reload, the last of it last', async () => {
  void keepDraft(li, { ...draft, begun: { quantity: 1, photos: [] } })
  await keepDraft(li, draft)

  expect(await keptDraft(li, [])).toEqual(draft)
  expect(await keptDraft(li, [])).toEqual(draft)
})

test.each([
  ['another person', { ...li, actorId: 'wang-qiang' }],
  ['another store', { ...li, storeId: 'guomao' }],
])('%s does not go on with it, and then nobody does', async (_, counter) => {
  await keepDraft(li, draft)

  expect(await keptDraft(counter, [])).toBeUndefined()
  expect(await keptDraft(li, [])).toBeUndefined()
})

test('what was recorded or closed is not offered once more', async () => {
  await keepDraft(li, draft)
  expect(await keptDraft(li, [recorded('r0', 'p1'), recorded('r1', 'p9')])).toEqual(draft)
  expect(await keptDraft(li, [recorded('r0', 'p1'), recorded('r2', 'p1')])).toBeUndefined()

  void keepDraft(li, draft)
  await forgetDraft()
  expect(await keptDraft(li, [])).toBeUndefined()
})

test('who signs out leaves none', async () => {
  await keepDraft(li, draft)
  await forgetReadings()

  expect(await keptDraft(li, [])).toBeUndefined()
})
