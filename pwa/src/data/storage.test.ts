import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { openDatabase, vaultOf } from './database.ts'
import { Outbox } from './outbox.ts'
import type { Fate, Operation } from './operations.ts'
import { DeviceFull, fewOf, HeldElsewhere, hindranceOf, isFull } from './storage.ts'

const MB = 1024 * 1024
const ACCEPTED: Fate = { state: 'accepted', belowZero: [], clockErrorSeconds: null }

test('little room is said in time, by bytes and by share', () => {
  expect(fewOf(10_000 * MB, 9_000 * MB)).toBeUndefined()
  expect(fewOf(10_000 * MB, 9_985 * MB)).toBe(15 * MB)
  expect(fewOf(100 * MB, 90 * MB)).toBeUndefined()
  expect(fewOf(100 * MB, 97 * MB)).toBe(3 * MB)
  expect(fewOf(100 * MB, 101 * MB)).toBe(0)
})

test('only a full device is a full device', () => {
  expect(isFull(new DOMException('no', 'QuotaExceededError'))).toBe(true)
  expect(isFull(new TypeError('no'))).toBe(false)
})

/** A phone with room for so many writings of the operations. */
async function phoneWithRoom(): Promise<{ outbox: Outbox; fill: (times: number) => void }> {
  const db = await openDatabase(`full-${Math.random()}`)
  let refusals = 0
  const honest = db.transaction.bind(db)
  vi.spyOn(db, 'transaction').mockImplementation(((store: never, mode: never, options: never) => {
    if (mode === 'readwrite' && refusals > 0) {
      refusals -= 1
      throw new DOMException('full', 'QuotaExceededError')
    }
    return honest(store, mode, options)
  }) as never)
  const outbox = new Outbox({
    db: async () => db,
    vault: vaultOf(async () => db),
    pack: (operations) => [...operations],
    send: async (batch) => batch.map(() => ACCEPTED),
    actorId: () => 'li-mei',
    now: () => 1,
    alone: (work) => work(),
    later: () => () => {},
    changed: () => {},
  })
  return { outbox, fill: (times) => (refusals = times) }
}

function sale(requestId: string): Omit<Operation, 'order' | 'state' | 'attempts'> {
  const input = { requestId, storeId: 's', origin: { occurredAt: '2026-11-21T06:00:00Z', source: 'PHONE' as const }, lines: [] }
  return { requestId, actorId: 'li-mei', storeId: 's', at: 0, deed: { kind: 'sale', input, lines: [], totalFen: 0 } }
}

test('what a full phone cannot keep is not shown as done', async () => {
  const { outbox, fill } = await phoneWithRoom()
  await outbox.put(sale('kept'))
  await outbox.drain()
  fill(9)

  await expect(outbox.put(sale('lost'))).rejects.toThrow(DeviceFull)

  fill(0)
  expect((await outbox.all()).map(({ requestId }) => requestId)).not.toContain('lost')
})

test('the list of what is done makes room for what is to be done', async () => {
  const { outbox, fill } = await phoneWithRoom()
  await outbox.put(sale('old'))
  await outbox.drain()
  fill(1)

  await outbox.put(sale('new'))

  await outbox.drain()
  expect((await outbox.all()).map(({ requestId }) => requestId)).toEqual(['new'])
})

test.each([
  [new DOMException('', 'SecurityError'), 'forbidden'],
  [new DOMException('', 'InvalidStateError'), 'forbidden'],
  [new DOMException('', 'VersionError'), 'newer'],
  [new DOMException('', 'QuotaExceededError'), 'full'],
  [new HeldElsewhere(), 'other-window'],
  [new DOMException('', 'UnknownError'), 'broken'],
  ['thrown by somebody else', 'broken'],
])('a device that keeps nothing says why: %s', (error, why) => {
  expect(hindranceOf(error)).toBe(why)
})

test('a browser without any storage forbids it', () => {
  vi.stubGlobal('indexedDB', undefined)

  expect(hindranceOf(new TypeError('nothing there'))).toBe('forbidden')
  vi.unstubAllGlobals()
})
