/** The dates that date fields write: of the reader's wall, and of the business day in the shops, which ends hours later. */
interface Shop {
  zone: string
  /** What an older app kept of a shop has none. */
  dayCutoff?: string | undefined
}

const DAY_MS = 24 * 60 * 60 * 1000

/** Today, where the reader is. */
export function localDate(moment = new Date()): string {
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`
}

/** The business day that it is now in the first of these shops; without any, today where the reader is. */
export function shopDay([shop]: readonly Shop[], moment = new Date()): string {
  if (!shop) return localDate(moment)
  // Swedes write a date and a time as machines sort them.
  const [day = '', time = ''] = moment.toLocaleString('sv-SE', { timeZone: shop.zone, dateStyle: 'short', timeStyle: 'short' }).split(' ')
  return time >= (shop.dayCutoff ?? '') ? day : new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, day.length)
}
