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
  void write(tether)
}

/** Asked when the app opens, and every minute while it is open. */
export async function isAwayTooLong(): Promise<boolean> {
  await clockKnown()
  tether ??= await readDevice<Tether>(NOTE)
  if (!tether) return false
  const [steady, now] = [performance.now(), clock.now()]
  tether = livedOn(tether, countedAt > 0 ? steady - countedAt : 0, now)
  countedAt = steady
  const isTooLongAgo = isTooLong(tether, now)
  await write(tether)
  return isTooLongAgo
}

/** A device that has no room for this little counts on in memory, and opens all the same. */
async function write(counted: Tether): Promise<void> {
  await writeDevice(NOTE, counted).catch(() => undefined)
}
