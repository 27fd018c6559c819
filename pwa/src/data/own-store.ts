/** The store that this device works for: its live stock, and what a deed that still waits will change. */
import { shallowRef } from 'vue'
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

const feed = shallowRef<StoreFeed>()
export const ownStore = feed

export function openOwnStore(storeId: string): void {
  if (feed.value?.storeId === storeId) return
  feed.value?.stop()
  feed.value = followStore(storeId, { keep: true })
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
