/**
 * Brings the photos of this device to the server, piece by piece, each until the server has decided about it.
 *
 * What the server has is asked for before every go, so a killed app, a dropped answer or another server process
 * costs at most the piece that was on its way. A photo may come before the deed that announces it: then the server
 * has all of it and no verdict yet, and is asked again later while the other photos go on.
 * A request has only so much time, so a slow network gets smaller pieces: each one that arrives is there for good.
 */
import type { DevicePhoto, PhotoStore } from './photos-store.ts'
import { isFull } from './storage.ts'
import { Refused, ServerTrouble, SignedOut, Unreachable } from './transport.ts'

/** The largest piece, and the first that is tried. */
export const PIECE = 256 * 1024
const LEAST_PIECE = 8 * 1024
/** Slower than this is near the patience of a request (15 s); quicker than that may carry more. */
const SLOW_MS = 8_000
const QUICK_MS = 3_000
const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 300_000
const GIVEN_UP_MS = 14 * 86_400_000
/** The server takes nothing that is older. */
const EXPIRED_MS = 90 * 86_400_000
const KEPT_MARK_MS = 7 * 86_400_000
/** How often the bytes may arrive spoilt before a person is asked to take the picture again. */
const SPOILT_AT_MOST = 3

/** What the server says of a photo. `offset` is how much of it is there. */
export interface Progress {
  status: 'UNKNOWN' | 'AWAITED' | 'KEPT' | 'REFUSED' | 'REMOVED'
  offset: number
  problem?: NonNullable<DevicePhoto['problem']>
}

export interface PhotoServer {
  look: (photo: DevicePhoto) => Promise<Progress>
  bring: (photo: DevicePhoto, offset: number, piece: ArrayBuffer) => Promise<Progress>
}

export interface PhotoWorld {
  store: PhotoStore
  server: PhotoServer
  actorId: () => string | undefined
  now: () => number
  /** Whether the server has said the time: by a clock that nobody has confirmed nothing is given up. */
  timeIsSure: () => boolean
  /** Run `work` unless another tab is doing the same. */
  alone: (work: () => Promise<void>) => Promise<void>
  later: (milliseconds: number, work: () => void) => () => void
  changed: () => void
}

interface Patience {
  failures: number
  spoilt: number
  notBefore: number
}

export class PhotoQueue {
  private running: Promise<void> | undefined
  private asked = false
  private cancelRetry: () => void = () => {}
  private readonly patience = new Map<string, Patience>()
  /** What the network carried last. */
  private piece = PIECE

  constructor(private readonly world: PhotoWorld) {}

  /** Send what waits. Safe to call at any time and any number of times; `now` forgets how long was to be waited. */
  drain(now = false): Promise<void> {
    if (now) for (const each of this.patience.values()) each.notBefore = 0
    this.asked = true
    this.running ??= this.drainAll().catch((error: unknown) => this.failed(error)).finally(() => this.drained())
    return this.running
  }

  /** Who asked while the last look was already over is not forgotten. */
  private async drained(): Promise<void> {
    this.running = undefined
    if (this.asked) await this.drain()
  }

  /** This device's own storage failed: it may work again later, and nobody else would try. */
  private failed(error: unknown): void {
    console.error(error)
    this.asked = false
    this.cancelRetry = this.world.later(LONGEST_WAIT_MS, () => void this.drain())
  }

  private async drainAll(): Promise<void> {
    while (this.asked) {
      this.asked = false
      this.cancelRetry()
      await this.world.alone(() => this.round())
    }
  }

  private async round(): Promise<void> {
    const { store, now } = this.world
    let signedOut = false
    await this.tidy()
    for (const photo of await store.all()) {
      if (!this.isMine(photo) || this.patienceOf(photo.id).notBefore > now()) continue
      try {
        await this.bring(photo)
      } catch (error) {
        signedOut = error instanceof SignedOut
        if (!(await this.bear(photo, error))) break
      }
    }
    // Until she signs in nobody answers; then somebody asks for it.
    if (!signedOut) await this.planNext()
  }

  private async bring(photo: DevicePhoto): Promise<void> {
    const picture = await this.world.store.picture(photo.id)
    if (!picture) return this.refuse(photo, lost())
    let progress = await this.world.server.look(photo)
    for (;;) {
      if (progress.status === 'KEPT' || progress.status === 'REMOVED') return this.settle(photo, { state: 'kept', sent: photo.bytes })
      if (progress.status === 'REFUSED') return this.refuse(photo, progress.problem ?? lost())
      await this.note(photo, progress.offset)
      if (!this.isMine(photo)) return
      if (progress.offset >= photo.bytes) return this.wait(photo)
      progress = await this.bringPiece(photo, picture, progress.offset)
    }
  }

  private async bringPiece(photo: DevicePhoto, picture: ArrayBuffer, offset: number): Promise<Progress> {
    const size = photo.piece ?? this.piece
    const begun = this.world.now()
    const took = (): number => this.world.now() - begun
    try {
      const progress = await this.world.server.bring(photo, offset, picture.slice(offset, offset + size))
      if (took() > SLOW_MS) await this.carry(photo, size / 2)
      else if (took() < QUICK_MS && size < PIECE) await this.carry(photo, size * 2)
      return progress
    } catch (error) {
      // Nobody answered in time: less of it may arrive. Without a network it says no at once, and then waiting helps.
      if (!(error instanceof Unreachable) || took() < SLOW_MS || size <= LEAST_PIECE) throw error
      await this.carry(photo, size / 2)
      return this.bringPiece(photo, picture, offset)
    }
  }

  /** Written down, because whoever goes on may be another page, or the service worker. */
  private async carry(photo: DevicePhoto, size: number): Promise<void> {
    this.piece = Math.max(LEAST_PIECE, size)
    photo.piece = this.piece
    await this.noteDown(photo.id, { piece: this.piece })
  }

  /** How far it is, the server knows too: a full device brings its photos all the same, and that makes room. */
  private async noteDown(id: string, change: Partial<DevicePhoto>): Promise<void> {
    try {
      await this.world.store.change(id, change)
    } catch (error) {
      if (!isFull(error)) throw error
    }
  }

  /** False when there is no use in trying the next photo now. */
  private async bear(photo: DevicePhoto, error: unknown): Promise<boolean> {
    if (error instanceof SignedOut) return false
    if (error instanceof Refused) {
      const patience = this.patienceOf(photo.id)
      patience.spoilt += error.code === 'WRONG_HASH' ? 1 : SPOILT_AT_MOST
      if (patience.spoilt < SPOILT_AT_MOST) this.wait(photo)
      else await this.refuse(photo, { code: error.code, message: error.message, messageZh: error.messageZh })
      return true
    }
    if (!(error instanceof ServerTrouble) && !(error instanceof Unreachable)) throw error
    this.wait(photo)
    return !(error instanceof Unreachable)
  }

  private wait(photo: DevicePhoto): void {
    const patience = this.patienceOf(photo.id)
    const spread = 0.75 + Math.random() / 2
    patience.notBefore = this.world.now() + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** patience.failures) * spread
    patience.failures += 1
  }

  private async planNext(): Promise<void> {
    const due = (await this.world.store.all()).filter((photo) => this.isMine(photo)).map(({ id }) => this.patienceOf(id).notBefore)
    if (due.length === 0) return
    this.cancelRetry = this.world.later(Math.max(FIRST_WAIT_MS / 2, Math.min(...due) - this.world.now()), () => void this.drain())
  }

  private isMine(photo: DevicePhoto): boolean {
    return photo.state === 'waiting' && photo.actorId === this.world.actorId()
  }

  private patienceOf(id: string): Patience {
    const known = this.patience.get(id) ?? { failures: 0, spoilt: 0, notBefore: 0 }
    this.patience.set(id, known)
    return known
  }

  private async note(photo: DevicePhoto, sent: number): Promise<void> {
    if (sent === photo.sent) return
    photo.sent = sent
    this.patienceOf(photo.id).failures = 0
    await this.noteDown(photo.id, { sent })
    this.world.changed()
  }

  private refuse(photo: DevicePhoto, problem: NonNullable<DevicePhoto['problem']>): Promise<void> {
    return this.settle(photo, { state: 'refused', problem })
  }

  private async settle(photo: DevicePhoto, change: Partial<DevicePhoto>): Promise<void> {
    this.patience.delete(photo.id)
    try {
      await this.world.store.change(photo.id, { ...change, since: this.world.now() })
    } catch (error) {
      // No room for the mark: what the server has for good need not even be remembered here.
      if (!isFull(error) || change.state !== 'kept') throw error
      await this.world.store.forget([photo.id])
    }
    this.world.changed()
  }

  /**
   * What was kept long ago needs no mark here, and what nobody has announced in two weeks never will be, nor what
   * nobody came back to bring. Who is here brings it however old it looks: perhaps only the clock was wrong.
   */
  private async tidy(): Promise<void> {
    const { store, now, timeIsSure } = this.world
    if (!timeIsSure()) return
    const over = (await store.all()).filter((photo) => {
      const { state, since, sent, bytes } = photo
      const age = now() - since
      if (state === 'waiting') return sent >= bytes ? age > GIVEN_UP_MS : age > EXPIRED_MS && !this.isMine(photo)
      return state === 'kept' && age > KEPT_MARK_MS
    })
    if (over.length === 0) return
    await store.forget(over.map(({ id }) => id))
    this.world.changed()
  }
}

function lost(): NonNullable<DevicePhoto['problem']> {
  return { code: 'LOST', message: 'The picture is not on this device any more.', messageZh: '手机上已经没有这张照片了。' }
}
