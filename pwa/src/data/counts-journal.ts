/**
 * Every scan of a count, written down before the beep: a phone that is killed has lost nothing.
 *
 * It is a database of its own, because what is read from the server is forgotten at sign-out and a count is not:
 * a line stays until a deed has taken it to the outbox, and a while longer so that the list survives a reload.
 * Like a deed it lies sealed; in the clear is only what finds it.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { CountLine } from './counts-lines.ts'
import type { Sealed, Vault } from './vault.ts'

const KEPT_MS = 3 * 86_400_000

interface Row {
  id: string
  stocktakeId: string
  actorId: string
  at: number
  packed: boolean
  sealed: Sealed
}

interface Tables extends DBSchema {
  lines: { key: string; value: Row; indexes: { stocktakeId: string } }
}

export class CountJournal {
  private opened: Promise<IDBPDatabase<Tables>> | undefined

  constructor(
    private readonly vault: Vault,
    private readonly name = 'trueshelf-counts',
  ) {}

  /** Returns when the lines are on this device for good. */
  async write(lines: readonly CountLine[]): Promise<void> {
    const rows = await Promise.all(lines.map((line) => this.rowOf(line)))
    const work = (await this.db()).transaction('lines', 'readwrite', { durability: 'strict' })
    for (const row of rows) void work.store.put(row)
    await work.done
  }

  async linesOf(stocktakeId: string): Promise<CountLine[]> {
    return this.unseal(await (await this.db()).getAllFromIndex('lines', 'stocktakeId', stocktakeId))
  }

  /** In the order in which they were made. */
  async unpacked(actorId: string): Promise<CountLine[]> {
    return this.unseal((await (await this.db()).getAll('lines')).filter((row) => row.actorId === actorId && !row.packed))
  }

  /** Take a line away that no deed has taken yet. False when one has: then only another line takes it back. */
  async strike(id: string): Promise<boolean> {
    const work = (await this.db()).transaction('lines', 'readwrite', { durability: 'strict' })
    const row = await work.store.get(id)
    const free = row !== undefined && !row.packed
    if (free) void work.store.delete(id)
    await work.done
    return free
  }

  async forgetOld(now: number): Promise<void> {
    const work = (await this.db()).transaction('lines', 'readwrite')
    for (const row of await work.store.getAll()) {
      if (row.packed && now - row.at > KEPT_MS) void work.store.delete(row.id)
    }
    await work.done
  }

  private async rowOf(line: CountLine): Promise<Row> {
    const { id, stocktakeId, actorId, at } = line
    const sealed = await this.vault.seal('deeds', `count ${id}`, line)
    return { id, stocktakeId, actorId, at, packed: line.packedIn !== undefined, sealed }
  }

  private async unseal(rows: readonly Row[]): Promise<CountLine[]> {
    const lines = await Promise.all(rows.map(({ id, sealed }) => this.vault.open<CountLine>('deeds', `count ${id}`, sealed)))
    return lines.filter((line) => line !== undefined)
  }

  private db(): Promise<IDBPDatabase<Tables>> {
    this.opened ??= openDB<Tables>(this.name, 1, {
      upgrade: (db) => void db.createObjectStore('lines', { keyPath: 'id' }).createIndex('stocktakeId', 'stocktakeId'),
      blocking: (_current, _blocked, event) => {
        this.opened = undefined
        ;(event.target as IDBDatabase).close()
      },
    })
    return this.opened
  }
}
