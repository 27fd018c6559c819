/** Until when a task is to be done that somebody gives right now. */
export const TIMES = ['none', 'hour', 'closing'] as const
export type Time = (typeof TIMES)[number]

const MINUTE_MS = 60_000
const HOUR = 60
const DAY = 24 * HOUR

/** `closesAt` is HH:MM in the store's zone: when it comes next. */
export function dueAt(time: Time, now: Date, closesAt: string, zone: string): string | null {
  if (time === 'none') return null
  const minutes = time === 'hour' ? HOUR : (minutesOf(closesAt) - minutesOf(localTime(now, zone)) + DAY) % DAY
  return new Date(now.getTime() + minutes * MINUTE_MS).toISOString()
}

function localTime(now: Date, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(now)
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * HOUR + minutes
}
