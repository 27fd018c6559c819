import 'fake-indexeddb/auto'
import { openDB } from 'idb'
import { beforeEach, expect, test, vi } from 'vitest'
import { write } from './batch.ts'
import { notTakenOver, openDatabase, vaultOf, type Database, type OperationRow } from './database.ts'
import { OperationRows } from './operation-rows.ts'
import { HeldElsewhere } from './storage.ts'
import { isReadable, needsYou, neverHappened, type Operation } from './operations.ts'

/** As version 1 of the app wrote it: the words of this test never change. */
const OLD = {
  requestId: '0199a000-0000-7000-8000-000000000001',
  actorId: 'li-mei',
  actorName: '李梅',
  storeId: 'wangjing',
  at: 1_795_000_000_000,
  state: 'waiting',
  attempts: 1,
  deed: {
    kind: 'sale',
    totalFen: 1_800,
    lines: [{ skuId: 'tea', name: '珍珠奶茶', nameEn: 'Bubble tea', unit: '杯', quantity: 1 }],
    input: {
      requestId: '0199a000-0000-7000-8000-000000000001',
      storeId: 'wangjing',
      origin: { occurredAt: '2026-11-21T06:00:00.000Z', source: 'PHONE' },
      lines: [{ skuId: 'tea', quantity: 1, unitPrice: 1_800 }],
    },
  },
}

let counter = 0
let name = ''
beforeEach(() => (name = `rows-${(counter += 1)}`))

async function leftByVersion1(...operations: unknown[]): Promise<void> {
  const old = await openDB(name, 1, {
    upgrade(db) {
      const table = db.createObjectStore('operations', { keyPath: 'order', autoIncrement: true })
      table.createIndex('state', 'state')
      table.createIndex('requestId', 'requestId', { unique: true })
      db.createObjectStore('items', { keyPath: 'id' })
      db.createObjectStore('levels', { keyPath: ['storeId', 'skuId'] }).createIndex('storeId', 'storeId')
      db.createObjectStore('notes')
    },
  })
  for (const operation of operations) await old.add('operations', operation)
  await old.put('items', { id: 'tea', name: '珍珠奶茶' })
  await old.put('levels', { storeId: 'wangjing', skuId: 'tea', onHand: 3 })
  await old.put('notes', { storeId: 'wangjing', at: 5 }, 'catalogue')
  await old.put('notes', { storeId: 'wangjing', cursor: 'c', at: 5 }, 'stock')
  await old.put('notes', { id: 'li-mei' }, 'me')
  old.close()
}

const rowsOf = (db: Database): OperationRows => new OperationRows(async () => db, vaultOf(async () => db))

test('what an older app stored is read and sent by this one, in its order', async () => {
  await leftByVersion1(OLD, { ...OLD, requestId: 'second' })
  const db = await openDatabase(name)
  const waiting = await rowsOf(db).waiting()

  expect(waiting.map(({ requestId }) => requestId)).toEqual([OLD.requestId, 'second'])
  expect(waiting[0]).toEqual({ ...OLD, order: 1 })
  expect(write(waiting.slice(0, 1)).variables).toEqual({ input: OLD.deed.input })
})

test('an update of the app seals what lay in the clear, and loses none of it', async () => {
  await leftByVersion1(OLD)
  const db = await openDatabase(name)
  await rowsOf(db).sealOld()

  const kept = await Promise.all((['operations', 'items', 'levels', 'notes'] as const).map((store) => db.getAll(store)))
  expect(JSON.stringify(kept)).not.toContain('茶')
  expect(kept.map((rows) => rows.length)).toEqual([1, 1, 1, 3])
  expect(await rowsOf(db).all()).toEqual([{ ...OLD, order: 1 }])
  const vault = vaultOf(async () => db)
  const [block = -1] = await db.getAllKeys('items')
  const items = await db.get('items', block)
  expect(items && (await vault.open('readings', `items ${block}`, items))).toEqual([{ id: 'tea', name: '珍珠奶茶' }])
})

test('what does not fit when the app is updated is said and nothing else is lost: least of all what was done', async () => {
  await leftByVersion1(OLD)
  const put = IDBObjectStore.prototype.put
  const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...written) {
    if (this.name !== 'items') return put.apply(this, written)
    throw new DOMException('full', 'QuotaExceededError')
  })
  const complaint = vi.spyOn(console, 'error').mockReturnValue()

  const db = await openDatabase(name)

  expect([...notTakenOver]).toEqual(['goods'])
  expect(complaint).toHaveBeenCalledOnce()
  expect(await db.getAllKeys('notes'), 'no note calls whole what is not there').toEqual(['me', 'stock'])
  expect([await db.count('items'), await db.count('levels')]).toEqual([0, 1])
  expect(await rowsOf(db).all()).toEqual([{ ...OLD, order: 1 }])
  full.mockRestore()
  complaint.mockRestore()
  notTakenOver.clear()
})

test('two who change the same operation at once both have their way', async () => {
  const db = await openDatabase(name)
  const [one, other] = [rowsOf(db), rowsOf(db)]
  await one.add(OLD as Operation)

  await Promise.all(
    [one, other, one, other].map((rows) => rows.change([OLD.requestId], (operation) => ({ ...operation, attempts: operation.attempts + 1 }))),
  )

  expect(await one.get(OLD.requestId)).toMatchObject({ attempts: 5 })
})

test('what cannot be opened is left as it lies, whoever wants to change it', async () => {
  const db = await openDatabase(name)
  await rowsOf(db).add(OLD as Operation)
  await db.clear('keys')

  expect(await rowsOf(db).change([OLD.requestId], (operation) => operation)).toEqual([])

  expect(await db.count('operations')).toBe(1)
})

test('a sale that is being sent is not taken back at the same moment', async () => {
  const db = await openDatabase(name)
  const [one, other] = [rowsOf(db), rowsOf(db)]
  await one.add({ ...OLD, attempts: 0 } as Operation)

  const [sending, removed] = await Promise.all([
    one.change([OLD.requestId], (operation) => ({ ...operation, attempts: 1 })),
    other.removeIf(OLD.requestId, ({ attempts }) => attempts === 0),
  ])

  expect(sending.length === 1).not.toBe(removed)
})

test('a newer app takes over the database without waiting for this one to close', async () => {
  let closed = false
  await openDatabase(name, () => (closed = true))
  const newer = await openDB(name, 99)

  expect(closed).toBe(true)
  expect(newer.objectStoreNames).toContain('operations')
  newer.close()
})

test('what cannot be opened is listed as something that needs its person, and is never sent', async () => {
  const db = await openDatabase(name)
  await rowsOf(db).add({ ...OLD, attempts: 0 } as Operation)
  await db.clear('keys')

  const [listed] = await rowsOf(db).all()

  expect(listed).toMatchObject({ requestId: OLD.requestId, actorId: 'li-mei', at: 0x0199a0000000, state: 'needs-you', order: 1 })
  expect(listed && [needsYou(listed), isReadable(listed)]).toEqual([true, false])
  expect(await rowsOf(db).waiting()).toEqual([])
  expect(await rowsOf(db).removeIf(OLD.requestId, () => true)).toBe(false)
})

test('it lies there until somebody says that they know, and what is written then says so', async () => {
  const db = await openDatabase(name)
  await rowsOf(db).add(OLD as Operation)
  await db.clear('keys')

  await rowsOf(db).changeEvenUnreadable([OLD.requestId], (operation) => ({ ...operation, handled: true }))

  const [known] = await rowsOf(db).all()
  expect(known && [known.handled, needsYou(known), neverHappened(known)]).toEqual([true, false, true])
})

test('what the server has taken needs nobody, though nobody can read it', async () => {
  const db = await openDatabase(name)
  await rowsOf(db).add({ ...OLD, state: 'accepted' } as Operation)
  await db.clear('keys')

  const [listed] = await rowsOf(db).all()

  expect(listed && [listed.state, needsYou(listed), isReadable(listed)]).toEqual(['accepted', false, false])
})

test('a row whose seal is damaged does not hide the others', async () => {
  const db = await openDatabase(name)
  for (const requestId of ['first', 'second', 'third']) await rowsOf(db).add({ ...OLD, requestId } as Operation)
  const row = (await db.get('operations', 2)) as OperationRow
  await db.put('operations', { ...row, sealed: { ...row.sealed, data: new ArrayBuffer(3) } })

  expect((await rowsOf(db).all()).map(isReadable)).toEqual([true, false, true])
  expect((await rowsOf(db).waiting()).map(({ requestId }) => requestId)).toEqual(['first', 'third'])
})

test('what still needs somebody is not forgotten for its age', async () => {
  const db = await openDatabase(name)
  for (const requestId of ['first', 'second', 'third', 'fourth']) await rowsOf(db).add({ ...OLD, requestId, state: 'accepted' } as Operation)

  const rows = rowsOf(db)
  expect(await rows.forgetOldest('accepted', 2, ({ requestId }) => requestId === 'first')).toBe(true)
  expect(await rows.forgetOldest('accepted', 2, ({ requestId }) => requestId === 'first')).toBe(false)

  expect((await rows.all()).map(({ requestId }) => requestId)).toEqual(['first', 'third', 'fourth'])
})

test('an update that cannot seal what lay in the clear opens all the same, and has what was done', async () => {
  await leftByVersion1(OLD)
  const complaint = vi.spyOn(console, 'error').mockReturnValue()
  const sealing = vi.spyOn(crypto.subtle, 'encrypt').mockRejectedValue(new DOMException('no', 'OperationError'))

  const db = await openDatabase(name)

  expect(complaint).toHaveBeenCalledTimes(3)
  complaint.mockRestore()
  sealing.mockRestore()
  expect(await rowsOf(db).waiting()).toEqual([{ ...OLD, order: 1 }])
  expect(await db.count('notes')).toBe(0)
  expect([...notTakenOver]).toEqual(['goods', 'stock'])
  notTakenOver.clear()
})

test('an older app in another window that does not let go is said, and once it is closed all is well', async () => {
  await leftByVersion1(OLD)
  const older = await openDB(name, 1)

  await expect(openDatabase(name)).rejects.toThrow(HeldElsewhere)

  older.close()
  expect(await rowsOf(await openDatabase(name)).waiting()).toHaveLength(1)
})
