interface Shop {
  zone: string
  /** What an older app kept of a shop has none. */
  dayCutoff?: string | undefined
}

const DAY_MS = 24 * 60 * 60 * 1000

/** The business day that it is now in the first of these shops, as date fields write it; without any, the reader's own. */
export function shopDay([shop]: readonly Shop[], moment = new Date()): string {
  // Swedes write a date and a time as machines sort them.
  const [day = '', time = ''] = moment.toLocaleString('sv-SE', { timeZone: shop?.zone, dateStyle: 'short', timeStyle: 'short' }).split(' ')
  return time >= (shop?.dayCutoff ?? '') ? day : new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, day.length)
}
