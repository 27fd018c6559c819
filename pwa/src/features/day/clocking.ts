/** Coming to work and going home, with the position in the same tap; without one it is recorded all the same. */
import { clock } from '@/data/deeds/day.ts'
import { metresBetween, whereAmI, type Whereabouts } from '@/data/place.ts'
import { myStore } from '@/data/session.ts'
import { keep } from '@/ui/keep.ts'
import type { useWords } from '@/ui/words.ts'

/** The server's own radius, unless the chain has set another; the server judges for itself. */
const RADIUS_M = 200
const FAR_M = 10_000
const ROUNDED_M = 10

type Say = ReturnType<typeof useWords>['t']

/** What she reads about where she is: a position that is not known is said to be unknown. */
export function placeInWords(t: Say, here: Whereabouts, shop: { latitude: number | null; longitude: number | null } | undefined): string {
  if (here === 'refused') return t('day.place.refused')
  if (here === 'unknown' || !shop || shop.latitude === null || shop.longitude === null) return t('day.place.unknown')
  const metres = metresBetween(here, { latitude: shop.latitude, longitude: shop.longitude })
  if (metres <= RADIUS_M) return t('day.place.inside')
  if (metres >= FAR_M) return t('day.place.farKm', { n: Math.round(metres / 1_000) })
  return t('day.place.far', { n: Math.round(metres / ROUNDED_M) * ROUNDED_M })
}

/** Returns where that was, in words; undefined when the device could not keep it. */
export async function clockNow(direction: 'in' | 'out', t: Say, position = whereAmI()): Promise<string | undefined> {
  const here = await position
  if (!(await keep(clock(direction, here), t('common.notKept')))) return undefined
  return placeInWords(t, here, myStore.value)
}
