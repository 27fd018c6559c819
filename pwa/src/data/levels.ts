/**
 * Stock as this device knows it, always absolute and never going back in time.
 *
 * Answers overtake each other: a slow page can arrive after the change that made
 * it old. The version of each level decides, not the order of arrival. Only a fresh
 * grid replaces everything: after the server's database was restored, versions start lower.
 */
import { shallowReactive } from 'vue'
import type { LevelParts } from './documents/stock.ts'
import type { ResultOf, StockRow } from './graphql.ts'

export type Level = ResultOf<typeof LevelParts>

export class Levels {
  /** By store and SKU; reactive for each level. */
  readonly known = shallowReactive(new Map<string, Level>())

  get(storeId: string, skuId: string): Level | undefined {
    return this.known.get(keyOf(storeId, skuId))
  }

  /** Takes over those that are newer than what is known, and returns them. */
  apply(levels: Iterable<Level>): Level[] {
    const taken: Level[] = []
    for (const level of levels) {
      const key = keyOf(level.storeId, level.skuId)
      const held = this.known.get(key)
      if (held && held.version >= level.version) continue
      this.known.set(key, level)
      taken.push(level)
    }
    return taken
  }

  /** These are all that a store has now, whatever was known before. */
  replace(storeId: string, levels: Iterable<Level>): void {
    const fresh = new Map([...levels].map((level) => [keyOf(level.storeId, level.skuId), level]))
    for (const [key, held] of this.known) {
      if (held.storeId === storeId && !fresh.has(key)) this.known.delete(key)
    }
    for (const [key, level] of fresh) this.known.set(key, level)
  }

  clear(): void {
    this.known.clear()
  }
}

function keyOf(storeId: string, skuId: string): string {
  return `${storeId}|${skuId}`
}

export interface Grid {
  storeIds: string[]
  skuIds: string[]
  rows: StockRow[]
}

export function levelsOfGrid({ storeIds, skuIds, rows }: Grid): Level[] {
  return rows.flatMap(([store, sku, onHand, reserved, incoming, safetyStock, soldUnits, version]) => {
    const storeId = storeIds[store]
    const skuId = skuIds[sku]
    if (storeId === undefined || skuId === undefined) return []
    const available = onHand - reserved
    const belowSafety = available < safetyStock
    return [{ storeId, skuId, onHand, reserved, available, incoming, safetyStock, belowSafety, soldUnits, version }]
  })
}
