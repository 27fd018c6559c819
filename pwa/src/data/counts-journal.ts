/**
 * Every scan of a count, written down before the beep: a phone that is killed has lost nothing.
 *
 * It is a database of its own, because what is read from the server is forgotten at sign-out and a count is not:
 * a line stays until a deed has taken it to the outbox, and a while longer so that the list survives a reload.
 * Like a deed it lies sealed; in the clear is only what finds it.
 */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb'
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

type Work = IDBPTransaction<Tables, ['lines'], 'readwrite'>

export class CountJournal {
  private opened: Promise<IDBPDatabase<Tables>> | undefined

  constructor(
    private readonly vault: Vault,
    private readonly name = 'trueshelf-counts',
  ) {}

  /** Returns when the lines are on this device for good. */
  async write(lines: readonly CountLine[]): Promise<void> {
    const rows = await Promise.all(lines.map((line) => this.rowOf(line)))
    await this.inLines(async (work) => Promise.all(rows.map((row) => work.store.put(row))))
  }

  async linesOf(stocktakeId: string): Promise<CountLine[]> {
    return this.unseal(await this.inLines((work) => work.store.index('stocktakeId').getAll(stocktakeId)))
  }

  /** In the order in which they were made. */
  async unpacked(actorId: string): Promise<CountLine[]> {
    return this.unseal((await this.inLines((work) => work.store.getAll())).filter((row) => row.actorId === actorId && !row.packed))
  }

  /** Take a line away that no deed has taken yet. False when one has: then only another line takes it back. */
  async strike(id: string): Promise<boolean> {
    return this.inLines(async (work) => {
      const row = await work.store.get(id)
      if (!row || row.packed) return false
      await work.store.delete(id)
      return true
    })
  }

  async forgetOld(now: number): Promise<void> {
    await this.inLines(async (work) => {
      const old = (await work.store.getAll()).filter(({ packed, at }) => packed && now - at > KEPT_MS)
      await Promise.all(old.map(({ id }) => work.store.delete(id)))
    })
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

  /** In one transaction; once more, through a new connection, where the former one was closed meanwhile. */
  private async inLines<Answer>(run: (work: Work) => Promise<Answer>): Promise<Answer> {
    for (let again = true; ; again = false) {
      const opened = this.db()
      try {
        const work = (await opened).transaction('lines', 'readwrite', { durability: 'strict' })
        // Both are awaited at once, so that a transaction that breaks leaves no promise behind that nobody hears.
        return (await Promise.all([run(work), work.done]))[0]
      } catch (error) {
        if (!again || !(error instanceof DOMException && error.name === 'InvalidStateError')) throw error
        this.forget(opened)
      }
    }
  }

  /** A connection that failed or was closed is nobody's for good: the next question opens another. */
  private db(): Promise<IDBPDatabase<Tables>> {
    this.opened ??= this.open()
    return this.opened
  }

  private open(): Promise<IDBPDatabase<Tables>> {
    const opening: Promise<IDBPDatabase<Tables>> = openDB<Tables>(this.name, 1, {
      upgrade: (db) => void db.createObjectStore('lines', { keyPath: 'id' }).createIndex('stocktakeId', 'stocktakeId'),
      blocking: (_current, _blocked, event) => {
        this.forget(opening)
        ;(event.target as IDBDatabase).close()
      },
      terminated: () => this.forget(opening),
    }).catch((error: unknown) => {
      this.forget(opening)
      throw error
    })
    return opening
  }

  private forget(connection: Promise<IDBPDatabase<Tables>>): void {
    if (this.opened === connection) this.opened = undefined
  }
}
