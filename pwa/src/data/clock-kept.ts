/** How wrong this device's clock is, kept from one life of the app to the next; whoever needs the time waits for it. */
import { startClock } from './clock.ts'
import { readDevice, writeDevice } from './database.ts'

const CLOCK = 'clock'
let known: Promise<void> | undefined

export function clockKnown(): Promise<void> {
  known ??= startClock({ read: () => readDevice<number>(CLOCK), write }).catch((error: unknown) => {
    known = undefined
    throw error
  })
  return known
}

/** What cannot be written down is measured again by the next answer. */
function write(offset: number): void {
  void writeDevice(CLOCK, offset).catch(() => undefined)
}
