/** Whole days in the chain's time zone: "until the 25th" includes the 25th. */
const ZONE_OFFSET = '+08:00'
const DAY_MS = 86_400_000
const OFFSET_MS = 8 * 3_600_000

/** The day so many days from now, as a date field wants it. */
export function localDay(daysAhead: number, now = Date.now()): string {
  return new Date(now + OFFSET_MS + daysAhead * DAY_MS).toISOString().slice(0, 10)
}

/** The instant at which a day is over. */
export function endOfDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00${ZONE_OFFSET}`) + DAY_MS).toISOString()
}
