/** What this device remembers: the outbox, and a reading copy of the catalogue and of one store's stock. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Operation } from './operations.ts'
import type { CatalogueItem } from './catalogue-item.ts'
import type { Level } from './levels.ts'

interface Tables extends DBSchema {
  operations: { key: number; value: Operation; indexes: { state: string; requestId: string } }
  items: { key: string; value: CatalogueItem }
  levels: { key: [string, string]; value: Level; indexes: { storeId: string } }
  notes: { key: string; value: unknown }
}

export type Database = IDBPDatabase<Tables>

export const CATALOGUE_NOTE = 'catalogue'
export const CATEGORIES_NOTE = 'categories'
export const STOCK_NOTE = 'stock'
/** What belongs to a shop and not to a person. */
const SHOP_NOTES: ReadonlySet<string> = new Set([CATALOGUE_NOTE, CATEGORIES_NOTE, STOCK_NOTE])

let opened: Promise<Database> | undefined

export function database(): Promise<Database> {
  opened ??= openDatabase()
  return opened
}

export function openDatabase(name = 'trueshelf'): Promise<Database> {
  return openDB<Tables>(name, 1, {
    upgrade(db) {
      const operations = db.createObjectStore('operations', { keyPath: 'order', autoIncrement: true })
      operations.createIndex('state', 'state')
      operations.createIndex('requestId', 'requestId', { unique: true })
      db.createObjectStore('items', { keyPath: 'id' })
      db.createObjectStore('levels', { keyPath: ['storeId', 'skuId'] }).createIndex('storeId', 'storeId')
      db.createObjectStore('notes')
    },
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  })
}

export async function readNote<Value>(key: string): Promise<Value | undefined> {
  return (await (await database()).get('notes', key)) as Value | undefined
}

export async function writeNote(key: string, value: unknown): Promise<void> {
  await (await database()).put('notes', value, key)
}

export async function forgetNote(key: string): Promise<void> {
  await (await database()).delete('notes', key)
}

/** Forget what may be read; what was done and not yet sent stays. */
export async function forgetReadings(): Promise<void> {
  const db = await database()
  const work = db.transaction(['items', 'levels', 'notes'], 'readwrite')
  await Promise.all([
    work.objectStore('items').clear(),
    work.objectStore('levels').clear(),
    work.objectStore('notes').clear(),
    work.done,
  ])
}

/** Forget what may be read, but for the goods and the stock of one store: the next person works there too. */
export async function forgetAllBut(storeId: string): Promise<void> {
  const kept = await readNote<{ storeId: string }>(CATALOGUE_NOTE)
  if (kept?.storeId !== storeId) return forgetReadings()
  const work = (await database()).transaction(['levels', 'notes'], 'readwrite')
  const [levels, notes] = [work.objectStore('levels'), work.objectStore('notes')]
  const stock = (await notes.get(STOCK_NOTE)) as { storeId: string } | undefined
  const others = (await levels.getAllKeys()).filter(([store]) => store !== storeId)
  const stale = (await notes.getAllKeys()).filter((key) => !SHOP_NOTES.has(key) || (key === STOCK_NOTE && stock?.storeId !== storeId))
  await Promise.all([...others.map((key) => levels.delete(key)), ...stale.map((key) => notes.delete(key)), work.done])
}
