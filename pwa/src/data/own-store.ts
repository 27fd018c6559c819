/** The store that this device works for: its live stock, and what a deed that still waits will change. */
import { shallowRef } from 'vue'
import { catalogue, refreshCatalogue } from './catalogue.ts'
import type { Level } from './levels.ts'
import { operations } from './deeds.ts'
import { pendingChange } from './operations.ts'
import { followStore, type StoreFeed } from './store-feed.ts'

export interface ShelfView {
  level: Level
  /** On hand and available as the person in the shop sees them: with what still waits to be sent. */
  onHand: number
  available: number
  pending: number
}

const LEARN_MS = 5 * 60_000
let learntAt = 0
const feed = shallowRef<StoreFeed>()
export const ownStore = feed

export function openOwnStore(storeId: string): void {
  if (feed.value?.storeId === storeId) return
  feed.value?.stop()
  feed.value = followStore(storeId, { keep: true, changed: (levels) => learnNewItems(storeId, levels) })
}

/** Something is on the shelf that was not in the catalogue when this device read it. */
function learnNewItems(storeId: string, levels: Level[]): void {
  const unknown = levels.some(({ skuId }) => !catalogue.value.has(skuId))
  if (!unknown || Date.now() - learntAt < LEARN_MS) return
  learntAt = Date.now()
  refreshCatalogue(storeId).catch(() => undefined)
}

export function closeOwnStore(): void {
  feed.value?.stop()
  feed.value = undefined
}

export function shelfOf(skuId: string): ShelfView | undefined {
  const store = feed.value
  const level = store?.levels.get(store.storeId, skuId)
  if (!store || !level) return undefined
  const pending = pendingChange(operations.value, store.storeId, skuId)
  return { level, pending, onHand: level.onHand + pending, available: level.available + pending }
}
