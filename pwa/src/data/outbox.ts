/**
 * Everything a person does is written here first, then sent in order.
 *
 * An operation leaves the queue only with the server's verdict. Until then it is
 * sent again under the same `requestId`, so the server answers a repeat with its
 * first answer and nothing happens twice. One operation that nobody can send does
 * not hold up the others for ever: after `PATIENCE` faults of the server it needs a person.
 * A server that is away or busy is no fault of the operation: it waits, in its place.
 */
import type { Database } from './database.ts'
import { UnknownMember } from './match.ts'
import { isLeftBehind, needsYou, neverHappened, type Fate, type Operation, type Reason } from './operations.ts'
import { Refused, ServerBusy, ServerTrouble, SignedOut, Unreachable } from './transport.ts'

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
const PATIENCE = 8
const KEPT_SETTLED = 500

export interface OutboxWorld {
  db: () => Promise<Database>
  send: (operation: Operation) => Promise<Fate>
  /** The person signed in now: nobody's operations are sent under another name. */
  actorId: () => string | undefined
  now: () => number
  /** Run `work` unless another tab is doing the same. */
  alone: (work: () => Promise<void>) => Promise<void>
  later: (milliseconds: number, work: () => void) => () => void
  changed: () => void
}

export class Outbox {
  private draining: Promise<void> | undefined
  private asked = false
  private cancelRetry: () => void = () => {}
  /** Attempts without a verdict, by operation: all of them, and those that are faults of the server. */
  private troubles = new Map<string, { failures: number; faults: number }>()

  constructor(private readonly world: OutboxWorld) {}

  /** Returns when the operation is safely on this device, not when it is sent. */
  async put(operation: Omit<Operation, 'order' | 'state' | 'attempts'>): Promise<void> {
    const work = (await this.world.db()).transaction('operations', 'readwrite', { durability: 'strict' })
    await work.store.add({ ...operation, state: 'waiting', attempts: 0 })
    await work.done
    this.world.changed()
    void this.drain()
  }

  async all(): Promise<Operation[]> {
    return (await (await this.world.db()).getAll('operations')).reverse()
  }

  /** Take back what certainly never left this device. False when it may have. */
  async withdraw(requestId: string): Promise<boolean> {
    const work = (await this.world.db()).transaction('operations', 'readwrite')
    const found = await work.store.index('requestId').get(requestId)
    const untouched = found?.order !== undefined && found.state === 'waiting' && found.attempts === 0
    if (untouched && found.order !== undefined) await work.store.delete(found.order)
    await work.done
    if (untouched) this.world.changed()
    return untouched
  }

  /** Send once more what needed a person; the same request, so it cannot count twice. */
  async retry(requestId: string): Promise<void> {
    this.troubles.delete(requestId)
    await this.rewrite(requestId, (operation) => {
      const { fate: _fate, settledAt: _settledAt, ...rest } = operation
      return { ...rest, state: 'waiting' }
    })
    await this.drain()
  }

  async markHandled(requestId: string): Promise<void> {
    await this.rewrite(requestId, (operation) => ({ ...operation, handled: true }))
    void this.drain()
  }

  /** The person of these has left. Nothing is dropped: what the server has not taken waits for a manager (or for her return). */
  async leaveBehind(actorId: string): Promise<void> {
    for (const operation of await this.all()) {
      if (operation.actorId !== actorId || !unsettled(operation)) continue
      await this.rewrite(operation.requestId, (kept) => ({ ...kept, leftBehind: true }))
    }
  }

  /**
   * Somebody vouches for what a person who left has done: the same request under another name, so that
   * the server refuses it if it had arrived already, and it cannot count twice.
   */
  async takeOver(requestId: string, actorId: string, actorName: string): Promise<void> {
    await this.rewrite(requestId, (operation) => {
      if (!isLeftBehind(operation)) return operation
      const { fate: _fate, settledAt: _settledAt, leftBehind: _leftBehind, ...rest } = operation
      return { ...rest, actorId, actorName, takenOverFrom: operation.actorName ?? '', state: 'waiting' }
    })
    await this.drain()
  }

  /** Send what waits, in order. Safe to call at any time and any number of times. */
  drain(): Promise<void> {
    this.asked = true
    this.cancelRetry()
    this.draining ??= this.drainAll().finally(() => (this.draining = undefined))
    return this.draining
  }

  private async drainAll(): Promise<void> {
    let emptied = true
    while (this.asked && emptied) {
      this.asked = false
      await this.world.alone(async () => {
        emptied = await this.sendWaiting()
      })
    }
    await this.forgetOldest()
  }

  /** False when it stopped at an operation that has no verdict yet. */
  private async sendWaiting(): Promise<boolean> {
    for (let next = await this.next(); next; next = await this.next()) {
      const attempt = await this.noteAttempt(next)
      if (!attempt) continue
      if (this.world.actorId() !== attempt.actorId) return false
      let fate: Fate
      try {
        fate = await this.world.send(attempt)
      } catch (error) {
        const verdict = this.verdictOf(error, attempt)
        if (!verdict) return false
        fate = verdict
      }
      await this.settle(attempt, fate)
    }
    return true
  }

  private async next(): Promise<Operation | undefined> {
    const actorId = this.world.actorId()
    if (actorId === undefined) return undefined
    const waiting = await (await this.world.db()).getAllFromIndex('operations', 'state', 'waiting')
    for (const operation of waiting.filter((each) => each.actorId === actorId)) {
      if (await this.isDue(operation)) return operation
    }
    return undefined
  }

  /** What takes another operation back waits for its fate, and is dropped when there is nothing to take back. */
  private async isDue(operation: Operation): Promise<boolean> {
    if (operation.reverses === undefined) return true
    const original = await (await this.world.db()).getFromIndex('operations', 'requestId', operation.reverses)
    if (!original || original.state === 'accepted') return true
    if (neverHappened(original)) {
      await this.rewrite(original.requestId, (kept) => ({ ...kept, handled: true }))
      await this.settle(operation, { state: 'undone' })
    }
    return false
  }

  /** Written down before it is sent, so that a killed app knows that it may have been. */
  private noteAttempt(operation: Operation): Promise<Operation | undefined> {
    return this.rewrite(operation.requestId, (kept) => ({ ...kept, attempts: kept.attempts + 1 }))
  }

  /** A verdict for an error that asking again will not cure; else undefined, and a later attempt is planned. */
  private verdictOf(error: unknown, operation: Operation): Fate | undefined {
    if (error instanceof SignedOut) return undefined
    if (error instanceof Refused) return { state: 'needs-you', reason: plain(error.code, error.message, error.messageZh) }
    if (error instanceof UnknownMember) return { state: 'needs-you', reason: plain('APP_TOO_OLD', error.message) }
    if (!(error instanceof ServerTrouble) && !(error instanceof Unreachable)) throw error

    const before = this.troubles.get(operation.requestId) ?? { failures: 0, faults: 0 }
    const isFault = error instanceof ServerTrouble && !(error instanceof ServerBusy)
    const troubles = { failures: before.failures + 1, faults: before.faults + (isFault ? 1 : 0) }
    this.troubles.set(operation.requestId, troubles)
    if (troubles.faults >= PATIENCE) {
      return { state: 'needs-you', reason: plain('SERVER_TROUBLE', error.message) }
    }
    this.cancelRetry = this.world.later(backOff(troubles.failures), () => void this.drain())
    return undefined
  }

  private async settle(operation: Operation, fate: Fate): Promise<void> {
    this.troubles.delete(operation.requestId)
    await this.rewrite(operation.requestId, (kept) => ({
      ...kept,
      state: fate.state,
      fate,
      settledAt: this.world.now(),
    }))
  }

  private async rewrite(requestId: string, change: (operation: Operation) => Operation): Promise<Operation | undefined> {
    const work = (await this.world.db()).transaction('operations', 'readwrite')
    const found = await work.store.index('requestId').get(requestId)
    const changed = found && change(found)
    if (changed) await work.store.put(changed)
    await work.done
    this.world.changed()
    return changed
  }

  private async forgetOldest(): Promise<void> {
    const db = await this.world.db()
    const settled = await db.getAllKeysFromIndex('operations', 'state', 'accepted')
    const surplus = settled.slice(0, Math.max(0, settled.length - KEPT_SETTLED))
    await Promise.all(surplus.map((order) => db.delete('operations', order)))
  }
}

/** The server has not taken it, and nobody has said that it is dealt with. */
function unsettled(operation: Operation): boolean {
  return operation.state === 'waiting' || needsYou(operation)
}

/** Milliseconds to wait after the nth failure in a row: doubling, with a spread so that phones do not return together. */
export function backOff(failures: number, spread: number = Math.random()): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1)) * (0.75 + spread / 2)
}

function plain(code: string, message: string, messageZh = message): Reason {
  return { code, message, messageZh, problems: [] }
}
