/** Coming to work and going home, with the position in the same tap; without one it is recorded all the same. */
import { clock } from '@/data/deeds/day.ts'
import { metresBetween, whereAmI, type Whereabouts } from '@/data/place.ts'
import { myStore, type Store } from '@/data/session.ts'
import { distanceInWords } from '@/ui/distance.ts'
import { keep } from '@/ui/keep.ts'
import type { useWords } from '@/ui/words.ts'

type Say = ReturnType<typeof useWords>['t']

/** What she reads about where she is: a position that is not known is said to be unknown. */
export function placeInWords(t: Say, here: Whereabouts, shop: Pick<Store, 'latitude' | 'longitude' | 'radiusMetres'> | undefined): string {
  if (here === 'refused') return t('day.place.refused')
  if (here === 'unknown' || !shop || shop.latitude === null || shop.longitude === null) return t('day.place.unknown')
  return distanceInWords(t, metresBetween(here, { latitude: shop.latitude, longitude: shop.longitude }), shop.radiusMetres)
}

/** Returns where that was, in words; undefined when the device could not keep it. */
export async function clockNow(direction: 'in' | 'out', t: Say, position = whereAmI()): Promise<string | undefined> {
  const here = await position
  if (!(await keep(clock(direction, here), t('common.notKept')))) return undefined
  return placeInWords(t, here, myStore.value)
}
