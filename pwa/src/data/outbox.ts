/**
 * Everything a person does is written here first, then sent in order, several in one request.
 *
 * An operation leaves the queue only with the server's verdict. Until then it is
 * sent again under the same `requestId`, so the server answers a repeat with its
 * first answer and nothing happens twice. A batch that fails as a whole is sent again one by one, so that
 * each gets its own verdict. One operation that nobody can send does
 * not hold up the others for ever: after `PATIENCE` faults of the server it needs a person.
 * A server that is away or busy is no fault of the operation: it waits, in its place.
 * The order is that of the queue; no clock has a say in it.
 */
import type { Database } from './database.ts'
import { UnknownMember } from './match.ts'
import { OperationRows } from './operation-rows.ts'
import { isLeftBehind, needsYou, neverHappened, type Fate, type Operation, type Reason } from './operations.ts'
import { DeviceFull, isFull } from './storage.ts'
import { Refused, ServerBusy, SignedOut, Unreachable } from './transport.ts'
import type { Vault } from './vault.ts'

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
const PATIENCE = 8
const KEPT_SETTLED = 1_000

/** Why what waits is not sent at this moment, and when it is tried again by itself. */
export interface Holdup {
  why: 'offline' | 'busy' | 'trouble' | 'signed-out' | 'full' | 'storage'
  nextTry: number | undefined
}

export interface OutboxWorld {
  db: () => Promise<Database>
  vault: Vault
  /** The longest beginning of these that goes out in one request. */
  pack: (operations: readonly Operation[]) => Operation[]
  /** The verdict of each. Throws what `transport` throws when the request has none. */
  send: (batch: readonly Operation[]) => Promise<(Fate | UnknownMember)[]>
  /** The person signed in now: nobody's operations are sent under another name. */
  actorId: () => string | undefined
  now: () => number
  /** Run `work` unless another tab is doing the same. */
  alone: (work: () => Promise<void>) => Promise<void>
  later: (milliseconds: number, work: () => void) => () => void
  /** Told what changed; of everything when nobody can say. */
  changed: (requestIds?: readonly string[]) => void
  /** Undefined while nothing holds it up. */
  heldUp?: (holdup: Holdup | undefined) => void
}

export class Outbox {
  private draining: Promise<void> | undefined
  private asked = false
  private cancelRetry: () => void = () => {}
  /** Attempts without a verdict, by operation: all of them, and those that are faults of the server. */
  private troubles = new Map<string, { failures: number; faults: number }>()

  private readonly rows: OperationRows
  /** Sent together and failed together: these go one by one, until the one that failed is known. */
  private alone = new Set<string>()

  constructor(private readonly world: OutboxWorld) {
    this.rows = new OperationRows(world.db, world.vault)
  }

  /**
   * Returns when the operation is safely on this device, not when it is sent. Throws `DeviceFull` when it is not.
   * `settles` is the request of the one that needed a person, and that this one deals with.
   */
  async put(operation: Omit<Operation, 'order' | 'state' | 'attempts'>, settles?: string): Promise<void> {
    await this.add({ ...operation, state: 'waiting', attempts: 0 }, settles)
    this.world.changed([operation.requestId, ...(settles === undefined ? [] : [settles])])
    void this.drain()
  }

  /** A full device forgets the list of what is done before it refuses what is to be done. */
  private async add(operation: Operation, settles?: string): Promise<void> {
    try {
      await this.rows.add(operation, settles)
    } catch (error) {
      if (!isFull(error)) throw error
      await this.makeRoomAndAdd(operation, settles).catch((again: unknown) => {
        throw isFull(again) ? new DeviceFull('no room to keep it', { cause: again }) : again
      })
    }
  }

  private async makeRoomAndAdd(operation: Operation, settles?: string): Promise<void> {
    await this.makeRoom()
    await this.rows.add(operation, settles)
  }

  /** False when there was nothing to forget. */
  private async makeRoom(): Promise<boolean> {
    const forgotten = await this.rows.forgetOldest('accepted', 0, needsYou)
    if (forgotten) this.world.changed()
    return forgotten
  }

  async all(): Promise<Operation[]> {
    return (await this.rows.all()).reverse()
  }

  /** Those of them that are still here, in any order. */
  some(requestIds: readonly string[]): Promise<Operation[]> {
    return this.rows.some(requestIds)
  }

  /** Take back what certainly never left this device. False when it may have. */
  async withdraw(requestId: string): Promise<boolean> {
    const untouched = await this.rows.removeIf(requestId, ({ state, attempts }) => state === 'waiting' && attempts === 0)
    if (untouched) this.world.changed([requestId])
    return untouched
  }

  /** Send once more what needed a person; the same request, so it cannot count twice. */
  async retry(requestId: string): Promise<void> {
    this.troubles.delete(requestId)
    await this.rewrite([requestId], waitingAgain)
    await this.drain()
  }

  /** Send once more all that needed a person and was not decided by one. */
  async retryAll(requestIds: readonly string[]): Promise<void> {
    for (const requestId of requestIds) this.troubles.delete(requestId)
    await this.rewrite(requestIds, waitingAgain)
    await this.drain()
  }

  async markHandled(requestId: string): Promise<void> {
    await this.rows.changeEvenUnreadable([requestId], (operation) => ({ ...operation, handled: true }))
    this.world.changed([requestId])
    void this.drain()
  }

  /** The person of these has left. Nothing is dropped: what the server has not taken waits for a manager (or for her return). */
  async leaveBehind(actorId: string): Promise<void> {
    const hers = (await this.rows.all()).filter((operation) => operation.actorId === actorId && unsettled(operation))
    await this.rewrite(hers.map(({ requestId }) => requestId), (kept) => ({ ...kept, leftBehind: true }))
  }

  /**
   * Somebody vouches for what a person who left has done: the same request under another name, so that
   * the server refuses it if it had arrived already, and it cannot count twice.
   */
  async takeOver(requestId: string, actorId: string, actorName: string): Promise<void> {
    await this.rewrite([requestId], (operation) => {
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
    this.draining ??= this.drainMakingRoom().catch((error: unknown) => this.notWritten(error)).finally(() => this.drained())
    return this.draining
  }

  /** Who asked while the last look was already over is not forgotten: nobody else would send what they put here. */
  private async drained(): Promise<void> {
    this.draining = undefined
    if (this.asked) await this.drain()
  }

  /** What is done gives way to what is to be sent, too; without any of it to forget, nothing more can be tried. */
  private async drainMakingRoom(): Promise<void> {
    try {
      await this.drainAll()
    } catch (error) {
      if (!isFull(error) || !(await this.makeRoom())) throw error
      this.asked = true
      await this.drainAll()
    }
  }

  /** What cannot be written down is not sent: nobody would know that it may have been. */
  private notWritten(error: unknown): void {
    this.planRetry(LONGEST_WAIT_MS)
    const why = isFull(error) ? 'full' : 'storage'
    if (why === 'storage') console.error(error)
    this.world.heldUp?.({ why, nextTry: this.world.now() + LONGEST_WAIT_MS })
  }

  /** Whoever asked until now is answered by this. */
  private planRetry(wait: number): void {
    this.asked = false
    this.cancelRetry = this.world.later(wait, () => void this.drain())
  }

  private async drainAll(): Promise<void> {
    await this.rows.sealOld()
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
    for (let due = await this.due(); due.length; due = await this.due()) {
      const batch = await this.noteAttempts(this.batchOf(due))
      if (batch.length === 0) continue
      if (batch.some(({ actorId }) => actorId !== this.world.actorId())) return false
      if (!(await this.sendBatch(batch))) return false
    }
    this.world.heldUp?.(undefined)
    return true
  }

  /** False when it has no verdict yet. */
  private async sendBatch(batch: readonly Operation[]): Promise<boolean> {
    let fates: (Fate | UnknownMember)[]
    try {
      fates = await this.world.send(batch)
    } catch (error) {
      return this.sendFailed(error, batch)
    }
    this.world.heldUp?.(undefined)
    await this.settle(batch, fates.map((fate) => (fate instanceof UnknownMember ? tooOld(fate) : fate)))
    return true
  }

  private async sendFailed(error: unknown, batch: readonly Operation[]): Promise<boolean> {
    const [first] = batch
    if (!first) return true
    if (batch.length > 1 && mayBeOneOfThem(error)) {
      this.alone = new Set(batch.map(({ requestId }) => requestId))
      return true
    }
    const fate = this.verdictOf(error, first)
    if (fate) await this.settle([first], [fate])
    return fate !== undefined
  }

  private batchOf(due: readonly Operation[]): Operation[] {
    const [first] = due
    if (first && this.alone.has(first.requestId)) return [first]
    return this.world.pack(due.filter(({ requestId }) => !this.alone.has(requestId)))
  }

  /** What this person may send now, in its order. */
  private async due(): Promise<Operation[]> {
    const actorId = this.world.actorId()
    if (actorId === undefined) return []
    const due: Operation[] = []
    for (const operation of await this.rows.waiting()) {
      if (operation.actorId !== actorId) continue
      if (await this.isDue(operation)) due.push(operation)
      // It is due when what it takes back is accepted, and nothing overtakes it until then.
      else if (due.some(({ requestId }) => requestId === operation.reverses)) break
    }
    return due
  }

  /** What takes another operation back waits for its fate, and is dropped when there is nothing to take back. */
  private async isDue(operation: Operation): Promise<boolean> {
    if (operation.reverses === undefined) return true
    const original = await this.rows.get(operation.reverses)
    if (!original || original.state === 'accepted') return true
    if (neverHappened(original)) {
      await this.rewrite([original.requestId], (kept) => ({ ...kept, handled: true }))
      await this.settle([operation], [{ state: 'undone' }])
    }
    return false
  }

  /** Written down before they are sent, so that a killed app knows that they may have been. */
  private noteAttempts(batch: readonly Operation[]): Promise<Operation[]> {
    const triedAt = this.world.now()
    return this.rewrite(batch.map(({ requestId }) => requestId), (kept) => ({ ...kept, triedAt, attempts: kept.attempts + 1 }))
  }

  /** A verdict for an error that asking again will not cure; else undefined, and a later attempt is planned. */
  private verdictOf(error: unknown, operation: Operation): Fate | undefined {
    if (error instanceof SignedOut) {
      this.world.heldUp?.({ why: 'signed-out', nextTry: undefined })
      return undefined
    }
    if (error instanceof Refused) return { state: 'needs-you', reason: plain(error.code, error.message, error.messageZh) }
    if (error instanceof UnknownMember) return tooOld(error)

    const before = this.troubles.get(operation.requestId) ?? { failures: 0, faults: 0 }
    const isFault = mayBeOneOfThem(error)
    const troubles = { failures: before.failures + 1, faults: before.faults + (isFault ? 1 : 0) }
    this.troubles.set(operation.requestId, troubles)
    if (troubles.faults >= PATIENCE) {
      return { state: 'needs-you', reason: plain('SERVER_TROUBLE', error instanceof Error ? error.message : String(error)) }
    }
    const wait = Math.max(backOff(troubles.failures), error instanceof ServerBusy ? askedToWait(error) : 0)
    this.planRetry(wait)
    const why = error instanceof ServerBusy ? 'busy' : isFault ? 'trouble' : 'offline'
    this.world.heldUp?.({ why, nextTry: this.world.now() + wait })
    return undefined
  }

  private async settle(batch: readonly Operation[], fates: readonly Fate[]): Promise<void> {
    const verdicts = new Map(batch.map(({ requestId }, index) => [requestId, fates[index]]))
    for (const requestId of verdicts.keys()) {
      this.troubles.delete(requestId)
      this.alone.delete(requestId)
    }
    await this.rewrite([...verdicts.keys()], (kept) => {
      const fate = verdicts.get(kept.requestId)
      return fate ? { ...kept, state: fate.state, fate, settledAt: this.world.now() } : kept
    })
  }

  private async rewrite(requestIds: readonly string[], change: (operation: Operation) => Operation): Promise<Operation[]> {
    const changed = await this.rows.change(requestIds, change)
    this.world.changed(requestIds)
    return changed
  }

  /** The list of what is done does not grow for ever; but what still needs somebody stays in it. */
  private async forgetOldest(): Promise<void> {
    const forgotten = [await this.rows.forgetOldest('accepted', KEPT_SETTLED, needsYou), await this.rows.forgetOldest('undone', KEPT_SETTLED, needsYou)]
    if (forgotten.includes(true)) this.world.changed()
  }
}

/** The whole request failed, and perhaps for the sake of one operation only: also by what nobody thought of. */
function mayBeOneOfThem(error: unknown): boolean {
  return ![ServerBusy, Unreachable, SignedOut].some((known) => error instanceof known)
}

function waitingAgain(operation: Operation): Operation {
  const { fate: _fate, settledAt: _settledAt, ...rest } = operation
  return { ...rest, state: 'waiting' }
}

/** The server has not taken it, and nobody has said that it is dealt with. */
function unsettled(operation: Operation): boolean {
  return operation.state === 'waiting' || needsYou(operation)
}

/** Milliseconds to wait after the nth failure in a row: doubling, with a spread so that phones do not return together. */
export function backOff(failures: number, spread: number = Math.random()): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1)) * (0.75 + spread / 2)
}

/** Milliseconds that the server asked us to wait. */
function askedToWait({ answer }: ServerBusy): number {
  const seconds = Number(answer?.headers.get('retry-after') ?? 0)
  return Number.isFinite(seconds) ? Math.min(LONGEST_WAIT_MS, seconds * 1_000) : 0
}

function tooOld({ message }: UnknownMember): Fate {
  return { state: 'needs-you', reason: plain('APP_TOO_OLD', message) }
}

function plain(code: string, message: string, messageZh = message): Reason {
  return { code, message, messageZh, problems: [] }
}
