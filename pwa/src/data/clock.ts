/**
 * What time it is, by the server's clock, on a device whose own may be a day wrong.
 *
 * Every answer says what time the server has. Between answers the device counts on from there, with a counter that
 * nobody can set, so that a clock that is put back meanwhile does no harm. (That counter may stand still while a phone
 * sleeps; then the clock on its wall counts. So a clock put forward is believed until the next answer.)
 * Order never depends on any of this: it is the order of the outbox.
 */
/** The header tells whole seconds, and an answer takes a moment: less than this is no error of the clock. */
const TOLERANCE_MS = 2_000
const HALF_SECOND_MS = 500

export interface Counters {
  /** What the device takes for the time (ms since 1970); it can be set. */
  wall: () => number
  /** Milliseconds that only ever grow, while this page lives. */
  steady: () => number
}

export class DeviceClock {
  private anchor: { server: number; wall: number; steady: number } | undefined

  constructor(
    private readonly counters: Counters,
    /** How far the device's clock was behind the server's when it was last asked (ms). */
    private offset = 0,
    private readonly changed: (offset: number) => void = () => {},
  ) {}

  /** What an older page of this app had measured. An answer since then knows better. */
  remember(offset: number): void {
    if (!this.anchor) this.offset = offset
  }

  /** The server said `date` (of the HTTP header) in an answer to what was asked at `askedAt` (steady). */
  heard(date: string | null, askedAt: number): void {
    const said = date === null ? Number.NaN : Date.parse(date)
    if (Number.isNaN(said)) return
    const [wall, steady] = [this.counters.wall(), this.counters.steady()]
    const server = said + HALF_SECOND_MS + (steady - askedAt) / 2
    const measured = server - wall
    const offset = Math.abs(measured) < TOLERANCE_MS ? 0 : Math.round(measured)
    this.anchor = { server: wall + offset, wall, steady }
    if (Math.abs(offset - this.offset) >= TOLERANCE_MS || (offset === 0 && this.offset !== 0)) this.changed(offset)
    this.offset = offset
  }

  now(): number {
    const { anchor, counters } = this
    if (!anchor) return Math.round(counters.wall() + this.offset)
    const passed = Math.max(counters.wall() - anchor.wall, counters.steady() - anchor.steady)
    return Math.round(anchor.server + passed)
  }

  /** What the device's clock is put right by on an earlier page's word; undefined once the server has said the time to this one. */
  get guess(): number | undefined {
    return this.anchor ? undefined : this.offset
  }

  /** How wrong the device's own clock is, in milliseconds; positive when it is ahead. */
  get error(): number {
    return Math.round(this.counters.wall() - this.now())
  }
}

let keep: (offset: number) => void = () => {}

export const clock = new DeviceClock({ wall: () => Date.now(), steady: () => performance.now() }, 0, (offset) => keep(offset))

/** Marks a moment now, and says later when that was: by then the server's answer may have put the clock right. */
export function mark(): () => number {
  const since = performance.now()
  return () => clock.now() - Math.round(performance.now() - since)
}

/** Goes on with what was measured before the app was closed. */
export async function startClock(kept: { read: () => Promise<number | undefined>; write: (offset: number) => void }): Promise<void> {
  keep = kept.write
  clock.remember((await kept.read()) ?? 0)
}
