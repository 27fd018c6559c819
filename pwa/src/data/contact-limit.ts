/** Keeps count, on this device, of how long the server has not been heard (see `tether`). */
import { clock } from './clock.ts'
import { clockKnown } from './clock-kept.ts'
import { readDevice, writeDevice } from './database.ts'
import { heardAt, isTooLong, livedOn, USUAL_HOURS, type Tether } from './tether.ts'

const NOTE = 'tether'
/** So often at most is it written down. */
const WRITE_MS = 30_000

let tether: Tether | undefined
let writtenAt = -Infinity
let countedAt = 0

/** The server was heard; `hours` is what it said last about how long its word is good. */
export function serverWasHeard(hours = tether?.hours ?? USUAL_HOURS): void {
  const changed = tether?.hours !== hours
  tether = heardAt(clock.now(), hours)
  countedAt = performance.now()
  if (!changed && countedAt - writtenAt < WRITE_MS) return
  writtenAt = countedAt
  void writeDevice(NOTE, tether)
}

/** Asked when the app opens, and every minute while it is open. */
export async function isAwayTooLong(): Promise<boolean> {
  await clockKnown()
  tether ??= await readDevice<Tether>(NOTE)
  if (!tether) return false
  const now = performance.now()
  if (countedAt > 0) {
    tether = livedOn(tether, now - countedAt)
    await writeDevice(NOTE, tether)
  }
  countedAt = now
  return isTooLong(tether, clock.now())
}
