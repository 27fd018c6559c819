/**
 * What a count needs and only the server knows: shelves, kinds of goods and what is due. It is fetched before anybody
 * counts, so that a phone that loses the network can; and some time after the home stands, because she waits for that.
 */
import { openCategories, openPlaces, placesKnown } from './stocktakes-places.ts'
import { readDue } from './stocktakes.ts'

const AFTER_MS = 12_000
let wanted: string | undefined
let timer: ReturnType<typeof setTimeout> | undefined

/** Once for a store in the life of the app; where the network failed it, when it is asked for again. */
export function fetchAhead(storeId: string): void {
  if (wanted === storeId) return
  wanted = storeId
  clearTimeout(timer)
  timer = setTimeout(() => {
    const work = [openPlaces(storeId), openCategories(), readDue(storeId)]
    void Promise.allSettled(work).then(() => !placesKnown.value && wanted === storeId && (wanted = undefined))
  }, AFTER_MS)
}
