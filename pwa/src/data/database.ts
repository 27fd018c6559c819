/**
 * What this device remembers: the outbox, and a reading copy of the catalogue and of one store's stock.
 *
 * All of it is sealed (see `vault`); only what finds a row is in the clear: ids, a state, a number.
 * The database renews itself: what an older version of the app wrote in the clear is sealed when it is first opened.
 */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb'
import type { CatalogueItem } from './catalogue-item.ts'
import type { Level } from './levels.ts'
import type { Operation } from './operations.ts'
import { openBlocks, sealBlocks, type Kept } from './blocks.ts'
import { HeldElsewhere } from './storage.ts'
import { Vault, isSealed, type Compartment, type Sealed } from './vault.ts'

/** An operation as it lies on the device since version 2; version 1 wrote the operation itself. */
export interface OperationRow {
  order?: number
  requestId: string
  state: string
  actorId: string
  leftBehind?: boolean
  shape: 2
  /** Another one after every change, so that nobody overwrites what somebody else has written meanwhile. */
  revision: string
  sealed: Sealed
}

export interface Tables extends DBSchema {
  operations: { key: number; value: OperationRow | Operation; indexes: { state: string; requestId: string } }
  /** Sealed blocks of items, by the number of the block. */
  items: { key: number; value: Sealed }
  /** Sealed blocks of levels, by store and the number of the block. */
  levels: { key: [string, number]; value: Sealed }
  notes: { key: string; value: Sealed }
  keys: { key: Compartment; value: CryptoKey }
  /** What the device knows of itself, of nobody and in the clear: its clock, when it last heard the server. */
  device: { key: string; value: unknown }
}

export type Database = IDBPDatabase<Tables>

export const CATALOGUE_NOTE = 'catalogue'
export const CATEGORIES_NOTE = 'categories'
export const STOCK_NOTE = 'stock'
/** What belongs to a shop and not to a person. */
const SHOP_NOTES: ReadonlySet<string> = new Set([CATALOGUE_NOTE, CATEGORIES_NOTE, STOCK_NOTE])
const VERSION = 2

/** Counts how often the readings were forgotten: what was sealed before is not written after. */
let era = 0
export const readingsEra = (): number => era
/** Somebody forgot the readings while these were written: what came earlier of them is gone. */
export class Forgotten extends Error {}

/** The tabs forget together: what one of them remembers of a key that another has destroyed would seal what nobody opens. */
const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('trueshelf.readings')
tabs?.addEventListener('message', () => {
  era += 1
  vault.forget('readings')
})
let opened: Promise<Database> | undefined

export function database(): Promise<Database> {
  opened ??= openDatabase('trueshelf', () => (opened = undefined)).catch((error: unknown) => {
    opened = undefined
    throw error
  })
  return opened
}

type Reading = 'goods' | 'stock'
/** What an update of the app could not take over from the older one: whoever reads it next says so, and asks for it again. */
export const notTakenOver = new Set<Reading>()

/** What version 1 kept in the clear; held in memory while the stores are made anew. */
interface Clear {
  items: CatalogueItem[]
  levels: Level[]
  notes: [string, unknown][]
}

/** `closed` is told when this connection made way for a newer version of the app. */
export async function openDatabase(name = 'trueshelf', closed: () => void = () => {}): Promise<Database> {
  const clear: Clear = { items: [], levels: [], notes: [] }
  let giveUp: (error: Error) => void = () => {}
  const held = new Promise<never>((_done, fail) => (giveUp = fail))
  const opening = openDB<Tables>(name, VERSION, {
    async upgrade(fresh, version, _next, work) {
      if (version < 1) {
        const operations = fresh.createObjectStore('operations', { keyPath: 'order', autoIncrement: true })
        operations.createIndex('state', 'state')
        operations.createIndex('requestId', 'requestId', { unique: true })
      } else {
        await takeOut(work, clear)
        for (const store of ['items', 'levels', 'notes'] as const) fresh.deleteObjectStore(store)
      }
      for (const store of ['items', 'levels', 'notes', 'keys', 'device'] as const) fresh.createObjectStore(store)
    },
    blocking: (_current, _blocked, event) => {
      ;(event.target as IDBDatabase).close()
      closed()
    },
    terminated: closed,
    blocked: () => giveUp(new HeldElsewhere('an older app holds the database')),
  })
  const db = await Promise.race([opening, held]).catch((error: unknown) => {
    void opening.then((late) => late.close(), () => undefined)
    throw error
  })
  if (clear.notes.length) await takeOver(db, clear)
  return db
}

async function takeOut(work: IDBPTransaction<Tables, StoreNames<Tables>[], 'versionchange'>, clear: Clear): Promise<void> {
  const notes = work.objectStore('notes')
  const [items, levels, values, keys] = await Promise.all([
    work.objectStore('items').getAll(),
    work.objectStore('levels').getAll(),
    notes.getAll(),
    notes.getAllKeys(),
  ])
  clear.items = items as unknown as CatalogueItem[]
  clear.levels = levels as unknown as Level[]
  clear.notes = keys.map((key, index) => [key, values[index]])
}

/** What belongs together is taken over together or not at all: a note without its blocks would call them whole. */
interface Part {
  what?: Reading
  notes: (key: string) => boolean
  store: 'items' | 'levels'
  seal: (sealer: Vault, clear: Clear) => Promise<[number | [string, number], Sealed][]>
}

/** Who is signed in comes first: that is little, and without it the app does not open in a cellar. */
const PARTS: readonly Part[] = [
  { notes: (key) => !SHOP_NOTES.has(key), store: 'items', seal: async () => [] },
  { what: 'goods', notes: (key) => SHOP_NOTES.has(key) && key !== STOCK_NOTE, store: 'items', seal: (sealer, { items }) => sealBlocks(sealer, 'items', items, ({ id }) => id) },
  { what: 'stock', notes: (key) => key === STOCK_NOTE, store: 'levels', seal: sealLevels },
]

async function takeOver(db: Database, clear: Clear): Promise<void> {
  for (const part of PARTS) {
    try {
      await takePart(db, clear, part)
    } catch (error) {
      // What may be read comes again from the server; what was done lies elsewhere, and an app that does not open helps nobody.
      console.error(error)
      if (part.what) notTakenOver.add(part.what)
    }
  }
}

async function takePart(db: Database, clear: Clear, part: Part): Promise<void> {
  const sealer = vaultOf(async () => db)
  const blocks = await part.seal(sealer, clear)
  const own = clear.notes.filter(([key]) => part.notes(key))
  const notes = await Promise.all(own.map(async ([key, value]) => [key, await sealer.seal('readings', `note ${key}`, value)] as const))
  const work = db.transaction([part.store, 'notes'], 'readwrite')
  const kept = work.objectStore(part.store) as { put: (sealed: Sealed, key: unknown) => Promise<unknown> }
  await Promise.all([
    ...blocks.map(([block, sealed]) => kept.put(sealed, block)),
    ...notes.map(([key, sealed]) => work.objectStore('notes').put(sealed, key)),
    work.done,
  ])
}

async function sealLevels(sealer: Vault, { levels }: Clear): Promise<[[string, number], Sealed][]> {
  const stores = [...new Set(levels.map(({ storeId }) => storeId))]
  const sealed = stores.map(async (storeId) => {
    const held = levels.filter((level) => level.storeId === storeId)
    const blocks = await sealBlocks(sealer, `levels ${storeId}`, held, ({ skuId }) => skuId)
    return blocks.map(([block, each]): [[string, number], Sealed] => [[storeId, block], each])
  })
  return (await Promise.all(sealed)).flat()
}

export function vaultOf(db: () => Promise<Database>): Vault {
  return new Vault({
    read: async (compartment) => (await db()).get('keys', compartment),
    offer: async (compartment, key) => {
      const work = (await db()).transaction('keys', 'readwrite', { durability: 'strict' })
      const kept = await work.store.get(compartment)
      if (!kept) await work.store.put(key, compartment)
      await work.done
      return kept ?? key
    },
    destroy: async (compartment) => (await db()).delete('keys', compartment),
  })
}

/** The device's own vault. */
export const vault = vaultOf(database)

export async function readNote<Value>(key: string): Promise<Value | undefined> {
  const sealed = await (await database()).get('notes', key)
  return isSealed(sealed) ? vault.open<Value>('readings', `note ${key}`, sealed) : undefined
}

export async function writeNote(key: string, value: unknown): Promise<void> {
  const begun = era
  const sealed = await vault.seal('readings', `note ${key}`, value)
  const db = await database()
  if (begun === era) await db.put('notes', sealed, key)
}

/** Some blocks, and the note that belongs to them, in one transaction. */
export interface Readings<Thing> {
  in: { store: 'items' } | { store: 'levels'; storeId: string }
  things: Thing[]
  idOf: (thing: Thing) => string
  /** The blocks to write; all, and nothing else stays, when left out. */
  only?: ReadonlySet<number>
  note: { key: string; value: unknown }
  /** The era in which the first of them was written, where they are written in several goes. */
  begun?: number
}

/** Throws `Forgotten` when what it goes on from is not there any more. */
export async function writeReadings<Thing>({ in: place, things, idOf, only, note, begun = era }: Readings<Thing>): Promise<void> {
  const [noteSealed, blocks] = await Promise.all([
    vault.seal('readings', `note ${note.key}`, note.value),
    sealBlocks(vault, nameOf(place), things, idOf, only),
  ])
  const db = await database()
  if (begun !== era) throw new Forgotten()
  const work = db.transaction([place.store, 'notes'], 'readwrite')
  if (place.store === 'items') {
    const items = work.objectStore('items')
    if (!only) void items.clear()
    for (const [block, sealed] of blocks) void items.put(sealed, block)
  } else {
    const levels = work.objectStore('levels')
    if (!only) void levels.delete(allOf(place.storeId))
    for (const [block, sealed] of blocks) void levels.put(sealed, [place.storeId, block])
  }
  void work.objectStore('notes').put(noteSealed, note.key)
  await work.done
}

export async function readItems(): Promise<Kept<CatalogueItem>> {
  const db = await database()
  const [keys, blocks] = await Promise.all([db.getAllKeys('items'), db.getAll('items')])
  return openBlocks(vault, 'items', keys, blocks)
}

export async function readLevels(storeId: string): Promise<Kept<Level>> {
  const db = await database()
  const [keys, blocks] = await Promise.all([db.getAllKeys('levels', allOf(storeId)), db.getAll('levels', allOf(storeId))])
  return openBlocks(vault, `levels ${storeId}`, keys.map(([, block]) => block), blocks)
}

function nameOf(place: Readings<unknown>['in']): string {
  return place.store === 'items' ? 'items' : `levels ${place.storeId}`
}

function allOf(storeId: string): IDBKeyRange {
  return IDBKeyRange.bound([storeId], [storeId, []])
}

export async function forgetNote(key: string): Promise<void> {
  await (await database()).delete('notes', key)
}

export async function readDevice<Value>(key: string): Promise<Value | undefined> {
  return (await (await database()).get('device', key)) as Value | undefined
}

export async function writeDevice(key: string, value: unknown): Promise<void> {
  await (await database()).put('device', value, key)
}

/** Forget what may be read, and destroy its key; what was done and not yet sent stays. */
export async function forgetReadings(): Promise<void> {
  era += 1
  const db = await database()
  const work = db.transaction(['items', 'levels', 'notes'], 'readwrite')
  await Promise.all([
    work.objectStore('items').clear(),
    work.objectStore('levels').clear(),
    work.objectStore('notes').clear(),
    work.done,
  ])
  await vault.destroy('readings')
  tabs?.postMessage('forgotten')
}

/** Forget what may be read, but for the goods and the stock of one store: the next person works there too. */
export async function forgetAllBut(storeId: string): Promise<void> {
  const kept = await readNote<{ storeId: string }>(CATALOGUE_NOTE)
  if (kept?.storeId !== storeId) return forgetReadings()
  const stock = await readNote<{ storeId: string }>(STOCK_NOTE)
  const work = (await database()).transaction(['levels', 'notes'], 'readwrite')
  const [levels, notes] = [work.objectStore('levels'), work.objectStore('notes')]
  const others = (await levels.getAllKeys()).filter(([store]) => store !== storeId)
  const stale = (await notes.getAllKeys()).filter((key) => !SHOP_NOTES.has(key) || (key === STOCK_NOTE && stock?.storeId !== storeId))
  await Promise.all([...others.map((key) => levels.delete(key)), ...stale.map((key) => notes.delete(key)), work.done])
}
