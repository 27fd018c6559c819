/**
 * How long a device may go on reading without a word from the server: then it forgets what it could read.
 *
 * Who takes a phone away and keeps it off the network has the readings for so long and no longer. The time that
 * passes is the larger of two: what the clock says, and what the app has counted while it was open; and it never
 * becomes less again: so setting the clock back, whenever, does not make it last. What was done and not sent is not forgotten: it waits for its person.
 */
export const USUAL_HOURS = 24
const HOUR_MS = 3_600_000

export interface Tether {
  /** When the server was last heard (ms, by the corrected clock). */
  at: number
  /** How long that is ago at least, by all that this device has seen since (ms). */
  lived: number
  hours: number
}

export function heardAt(now: number, hours: number): Tether {
  return { at: now, lived: 0, hours }
}

/** It is `now` by the clock, and the app was open for so long since it was last looked at. */
export function livedOn(tether: Tether, milliseconds: number, now: number): Tether {
  return { ...tether, lived: Math.max(tether.lived + Math.max(0, milliseconds), now - tether.at) }
}

export function isTooLong({ at, lived, hours }: Tether, now: number): boolean {
  return Math.max(now - at, lived) > hours * HOUR_MS
}
