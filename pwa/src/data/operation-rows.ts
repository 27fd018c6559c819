/**
 * The operations as they lie on this device: sealed, in order, and never half written.
 *
 * Sealing takes a moment in which a transaction would end, so every change says which revision it was made from; when
 * somebody else was faster, it is made again from what they wrote. What version 1 of the app stored in the clear is
 * read as it is, and sealed the first time that it changes or that the outbox opens.
 * A row that cannot be opened (its key is gone, or it is damaged) is never dropped nor sent: it is listed as one that
 * needs a person, and lies as it is until somebody has said that they know.
 */
import type { Database, OperationRow } from './database.ts'
import { unreadable, type Operation } from './operations.ts'
import type { Vault } from './vault.ts'

type Row = OperationRow | Operation
type Change = (operation: Operation) => Operation

export class OperationRows {
  /** Opened rows by request: a row is opened once for each revision. */
  private readonly opened = new Map<string, { revision: string; operation: Operation }>()
  private nothingOld = false

  constructor(
    private readonly db: () => Promise<Database>,
    private readonly vault: Vault,
  ) {}

  /**
   * Returns when it is safely on the disk. Throws `QuotaExceededError` when the device is full.
   * What it `settles` is marked as dealt with in the same moment: both are written, or neither.
   */
  async add(operation: Operation, settles?: string): Promise<void> {
    const row = await this.seal(operation)
    for (;;) {
      const before = settles === undefined ? [] : await this.rowsOf([settles])
      const dealtWith = (await this.nameAll(before)).map((kept) => this.seal({ ...kept, handled: true }))
      if (await this.replace(before, [...(await Promise.all(dealtWith)), row])) return
    }
  }

  /** In the order in which they were made. */
  async all(): Promise<Operation[]> {
    return this.nameAll(await (await this.db()).getAll('operations'))
  }

  /** Those that are still here. */
  async some(requestIds: readonly string[]): Promise<Operation[]> {
    return this.nameAll(await this.rowsOf(requestIds))
  }

  /** What can be sent. */
  async waiting(): Promise<Operation[]> {
    return this.openAll(await (await this.db()).getAllFromIndex('operations', 'state', 'waiting'))
  }

  async get(requestId: string): Promise<Operation | undefined> {
    return (await this.some([requestId]))[0]
  }

  /** Change some of them, all together. Returns what they are now; what is gone is left out. */
  async change(requestIds: readonly string[], change: Change): Promise<Operation[]> {
    return this.rewrite(requestIds, change, (rows) => this.openAll(rows))
  }

  /** The same, also of what cannot be opened: afterwards nothing is left of that but that it was. */
  async changeEvenUnreadable(requestIds: readonly string[], change: Change): Promise<Operation[]> {
    return this.rewrite(requestIds, change, (rows) => this.nameAll(rows))
  }

  private async rewrite(requestIds: readonly string[], change: Change, open: (rows: Row[]) => Promise<Operation[]>): Promise<Operation[]> {
    for (;;) {
      const before = await this.rowsOf(requestIds)
      const held = await open(before)
      const after = held.map(change)
      // Nothing to write is nothing to do: what nobody can open now is not thrown away for that.
      if (after.length === 0) return after
      const rows = await Promise.all(after.map((operation) => this.seal(operation)))
      if (await this.replace(before, rows)) return after
    }
  }

  /** Take it away when it is still as `may` says. */
  async removeIf(requestId: string, may: (operation: Operation) => boolean): Promise<boolean> {
    for (;;) {
      const row = await this.row(requestId)
      const operation = row && (await this.open(row))
      if (!row || !operation || !may(operation)) return false
      if (await this.replace([row], [])) return true
    }
  }

  /** Forget those in this state but for the newest `kept`, and for what `stays`. Returns whether there were any. */
  async forgetOldest(state: Operation['state'], kept: number, stays: (operation: Operation) => boolean): Promise<boolean> {
    const db = await this.db()
    const orders = await db.getAllKeysFromIndex('operations', 'state', state)
    const surplus = await Promise.all(orders.slice(0, Math.max(0, orders.length - kept)).map((order) => db.get('operations', order)))
    const over = (await this.nameAll(surplus.filter((row) => row !== undefined))).filter((operation) => !stays(operation))
    if (over.length === 0) return false
    const work = db.transaction('operations', 'readwrite')
    await Promise.all([...over.map(({ order = -1 }) => work.store.delete(order)), work.done])
    for (const { requestId } of over) this.opened.delete(requestId)
    return true
  }

  /** Seal what an older app left in the clear. */
  async sealOld(): Promise<void> {
    if (this.nothingOld) return
    const old = (await (await this.db()).getAll('operations')).filter((row) => !('sealed' in row))
    if (old.length) await this.change(old.map(({ requestId }) => requestId), (operation) => operation)
    this.nothingOld = true
  }

  private async row(requestId: string): Promise<Row | undefined> {
    return (await this.db()).getFromIndex('operations', 'requestId', requestId)
  }

  private async rowsOf(requestIds: readonly string[]): Promise<Row[]> {
    return (await Promise.all(requestIds.map((id) => this.row(id)))).filter((row) => row !== undefined)
  }

  /** False, and nothing is changed, when one of them is not what it was. */
  private async replace(before: (Row)[], rows: OperationRow[]): Promise<boolean> {
    const work = (await this.db()).transaction('operations', 'readwrite', { durability: 'strict' })
    for (const row of before) {
      const now = row.order === undefined ? undefined : await work.store.get(row.order)
      if (!now || revisionOf(now) !== revisionOf(row)) {
        await work.done
        return false
      }
    }
    const writing = rows.length
      ? rows.map((row) => (row.order === undefined ? work.store.add(row) : work.store.put(row)))
      : before.map((row) => (row.order === undefined ? undefined : work.store.delete(row.order)))
    await Promise.all([...writing, work.done])
    return true
  }

  private async seal(operation: Operation): Promise<OperationRow> {
    const { order, requestId, state, actorId, leftBehind } = operation
    const sealed = await this.vault.seal('deeds', requestId, operation)
    const revision = crypto.randomUUID()
    this.opened.set(requestId, { revision, operation })
    return { ...(order !== undefined && { order }), requestId, state, actorId, ...(leftBehind && { leftBehind }), shape: 2, revision, sealed }
  }

  private nameAll(rows: readonly Row[]): Promise<Operation[]> {
    return Promise.all(rows.map(async (row) => (await this.open(row)) ?? unreadable(row)))
  }

  private async openAll(rows: readonly (Row)[]): Promise<Operation[]> {
    return (await Promise.all(rows.map((row) => this.open(row)))).filter((operation) => operation !== undefined)
  }

  private async open(row: Row): Promise<Operation | undefined> {
    if (!('sealed' in row)) return row
    const known = this.opened.get(row.requestId)
    const operation = known?.revision === row.revision ? known.operation : await this.vault.open<Operation>('deeds', row.requestId, row.sealed)
    if (!operation) return undefined
    const whole = row.order === undefined ? operation : { ...operation, order: row.order }
    this.opened.set(row.requestId, { revision: row.revision, operation: whole })
    return whole
  }
}

function revisionOf(row: Row): string {
  return 'sealed' in row ? row.revision : `${row.state} ${row.attempts}`
}
