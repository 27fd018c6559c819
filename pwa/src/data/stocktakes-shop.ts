/** The shop as a stocktake needs it: its shelves, its goods and their categories, as far as this device knows them. */
import { computed } from 'vue'
import { catalogue } from './catalogue.ts'
import { ownStore } from './own-store.ts'
import { myCategories, myShelves } from './stocktakes-places.ts'
import type { Shop } from './stocktakes-scope.ts'

const parents = computed(() => new Map(myCategories.value.map(({ id, parentId }) => [id, parentId])))

/** What was never sold and is none on the book, the shop does not keep. How many there are is nobody's business here. */
const kept = computed(() => {
  const store = ownStore.value
  if (!store) return []
  return [...store.levels.known.values()].flatMap(({ storeId, skuId, onHand, soldUnits }) =>
    storeId === store.storeId && (onHand !== 0 || soldUnits !== 0) && catalogue.value.has(skuId) ? [skuId] : [])
})

export const shop = computed<Shop>(() => ({
  places: myShelves.value,
  categoryOf: (skuId) => catalogue.value.get(skuId)?.categoryId,
  parents: parents.value,
  kept: kept.value,
}))
