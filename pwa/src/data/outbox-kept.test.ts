/** What the outbox keeps, whatever becomes of the device: nothing is dropped, and nothing is read for nothing. */
import 'fake-indexeddb/auto'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase, vaultOf, type Database } from './database.ts'
import { OperationRows } from './operation-rows.ts'
import { needsYou, type Fate, type Operation } from './operations.ts'
import { Outbox, type Holdup } from './outbox.ts'
import { DeviceFull } from './storage.ts'

const ACCEPTED: Fate = { state: 'accepted', belowZero: [], clockErrorSeconds: null }
const ASTRAY: Fate = { ...ACCEPTED, belongs: 'QUARANTINE' }

let db: Database
let sent: string[]
let holdup: Holdup | undefined
let planned: number | undefined

beforeEach(async () => {
  db = await openDatabase(`kept-${Math.random()}`)
  ;[sent, holdup, planned] = [[], undefined, undefined]
})

function open(): Outbox {
  return new Outbox({
    db: async () => db,
    vault: vaultOf(async () => db),
    pack: (operations) => [...operations],
    send: async (batch) => {
      sent.push(...batch.map(({ requestId }) => requestId))
      return batch.map(() => ACCEPTED)
    },
    actorId: () => 'li-mei',
    now: () => 1_000,
    alone: (work) => work(),
    later: (wait) => {
      planned = wait
      return () => {}
    },
    changed: () => {},
    heldUp: (why) => (holdup = why),
  })
}

function sale(requestId: string, more: Partial<Operation> = {}): Operation {
  const input = { requestId, storeId: 's', origin: { occurredAt: '2026-11-21T06:00:00Z', source: 'PHONE' as const }, lines: [] }
  return { requestId, actorId: 'li-mei', storeId: 's', at: 0, state: 'waiting', attempts: 0, deed: { kind: 'sale', input, lines: [], totalFen: 0 }, ...more }
}

async function lies(...operations: Operation[]): Promise<void> {
  const rows = new OperationRows(async () => db, vaultOf(async () => db))
  for (const operation of operations) await rows.add(operation)
}

async function states(): Promise<Record<string, string>> {
  return Object.fromEntries((await open().all()).map(({ requestId, state }) => [requestId, state]))
}

test('what takes back a sale that nobody can read waits until somebody says what became of it', async () => {
  await lies(sale('sold'))
  await db.clear('keys')
  await lies(sale('taken-back', { reverses: 'sold' }))
  const outbox = open()
  await outbox.drain()
  expect(await states()).toEqual({ 'taken-back': 'waiting', sold: 'needs-you' })

  await outbox.markHandled('sold')
  await outbox.drain()

  expect(sent).toEqual([])
  expect(await states()).toEqual({ 'taken-back': 'undone', sold: 'needs-you' })
  expect((await outbox.all()).some(needsYou)).toBe(false)
})

test('what cannot be read does not keep what comes after it', async () => {
  await lies(sale('lost'))
  await db.clear('keys')
  await lies(sale('next'))

  await open().drain()

  expect(sent).toEqual(['next'])
})

test('the list of a thousand forgets the oldest, but not what must still be carried elsewhere', async () => {
  await lies(sale('astray', { state: 'accepted', fate: ASTRAY }), sale('old', { state: 'accepted', fate: ACCEPTED }))
  await lies(...Array.from({ length: 1_000 }, (_, number) => sale(`done-${number}`, { state: 'accepted', fate: ACCEPTED })))

  await open().drain()

  const kept = await states()
  expect(Object.keys(kept)).toHaveLength(1_001)
  expect([kept['astray'], kept['old']]).toEqual(['accepted', undefined])
})

test('nor does a full device forget it to make room', async () => {
  await lies(sale('astray', { state: 'accepted', fate: ASTRAY }), sale('old', { state: 'accepted', fate: ACCEPTED }))
  vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementationOnce(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })

  await open().put(sale('new'))

  expect(Object.keys(await states()).toSorted()).toEqual(['astray', 'new'])
})

test('a tap does not read what is done already', async () => {
  await lies(...Array.from({ length: 50 }, (_, number) => sale(`done-${number}`, { state: 'refused' })))
  const outbox = open()
  await outbox.drain()
  const reading = vi.spyOn(IDBObjectStore.prototype, 'getAll')

  await outbox.put(sale('new'))
  await outbox.drain()

  expect(sent).toEqual(['new'])
  expect(reading).not.toHaveBeenCalled()
  reading.mockRestore()
})

test('a storage that fails is said, and tried again by itself', async () => {
  const outbox = open()
  await outbox.put(sale('first'))
  await outbox.drain()
  const complaint = vi.spyOn(console, 'error').mockReturnValue()
  const reading = vi.spyOn(db, 'getAllFromIndex').mockRejectedValueOnce(new DOMException('the disk is broken', 'UnknownError'))

  await outbox.drain()

  expect(holdup?.why).toBe('storage')
  expect(planned).toBe(60_000)
  expect(complaint).toHaveBeenCalledOnce()
  reading.mockRestore()
  await outbox.drain()
  expect(holdup).toBeUndefined()
})

/** The disk is full whenever a row of an operation is written, this many times. */
function fullFor(times: number): void {
  const put = IDBObjectStore.prototype.put
  const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...written) {
    if (this.name !== 'operations' || times === 0) return put.apply(this, written)
    times -= 1
    throw new DOMException('full', 'QuotaExceededError')
  })
  onTestFinished(() => spy.mockRestore())
}

test('a full device forgets what is done to send what is not', async () => {
  await lies(sale('old', { state: 'accepted', fate: ACCEPTED }), sale('waits'))
  fullFor(1)

  await open().drain()

  expect(sent).toEqual(['waits'])
  expect(await states()).toEqual({ waits: 'accepted' })
})

test('where there is nothing to forget, a full device says so and tries again later', async () => {
  await lies(sale('waits'))
  fullFor(Infinity)

  await open().drain()

  expect(sent).toEqual([])
  expect([holdup?.why, planned]).toEqual(['full', 60_000])
})

test('what is mended is settled in the same moment', async () => {
  await lies(sale('refused', { state: 'refused', fate: { state: 'refused', reason: { code: 'X', message: 'x', messageZh: 'x', problems: [] } } }))
  const outbox = open()

  await outbox.put(sale('mended'), 'refused')

  expect((await outbox.all()).map(({ requestId, handled }) => [requestId, handled])).toEqual([['mended', undefined], ['refused', true]])
})

test('when it cannot be settled, nothing is recorded that would be recorded once more', async () => {
  await lies(sale('refused', { state: 'refused', fate: { state: 'refused', reason: { code: 'X', message: 'x', messageZh: 'x', problems: [] } } }))
  const outbox = open()
  fullFor(Infinity)

  await expect(outbox.put(sale('mended'), 'refused')).rejects.toThrow(DeviceFull)

  expect((await outbox.all()).map(({ requestId, handled }) => [requestId, handled])).toEqual([['refused', undefined]])
})

test('what was settled and forgotten meanwhile does not keep the mending from being recorded', async () => {
  const outbox = open()

  await outbox.put(sale('mended'), 'gone')

  expect(Object.keys(await states())).toEqual(['mended'])
})
