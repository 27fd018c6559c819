/** How wrong this device's clock is, kept from one life of the app to the next; whoever needs the time waits for it. */
import { startClock } from './clock.ts'
import { readDevice, writeDevice } from './database.ts'

const CLOCK = 'clock'
let known: Promise<void> | undefined

export function clockKnown(): Promise<void> {
  known ??= startClock({ read: () => readDevice<number>(CLOCK), write: (offset) => void writeDevice(CLOCK, offset) })
  return known
}
