/** How far from the shop something was done, as one says it. */

/** The server's own radius, unless the chain has set another; the server judges for itself. */
const RADIUS_M = 200
const FAR_M = 10_000
const ROUNDED_M = 10

type Say = (key: 'day.place.inside' | 'day.place.far' | 'day.place.farKm', values?: Record<string, string | number>) => string

export function distanceInWords(t: Say, metres: number, radius = RADIUS_M): string {
  if (metres <= radius) return t('day.place.inside')
  if (metres >= FAR_M) return t('day.place.farKm', { n: Math.round(metres / 1_000) })
  return t('day.place.far', { n: Math.round(metres / ROUNDED_M) * ROUNDED_M })
}
