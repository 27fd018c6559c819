/**
 * The catalogue in parts, as the server hands it out: a part that changed replaces what was known of it.
 *
 * An item that was only scanned lies in no part that is known; it stays until the part that it lies in comes.
 */
import type { Kept } from './blocks.ts'
import { itemOf, type CatalogueItem } from './catalogue-item.ts'
import type { CatalogueChanges } from './documents/stock.ts'
import type { ResultOf } from './graphql.ts'

type Block = ResultOf<typeof CatalogueChanges>['catalogueChanges']['blocks'][number]

export interface Parts {
  items: ReadonlyMap<string, CatalogueItem>
  /** By the number of the part; empty where nothing is known of it. */
  digests: string[]
}

export const NO_PARTS: Parts = { items: new Map(), digests: [] }

/** What an older app kept has no digests, and what is damaged has holes: then all of it is asked for again. */
export function partsOf({ digests }: { digests?: string[] }, { things, whole }: Kept<CatalogueItem>): Parts {
  return digests && whole ? { items: new Map(things.map((item) => [item.id, item])), digests } : NO_PARTS
}

/** `touched` are the items that came, changed or went. */
export function merge({ items, digests }: Parts, blocks: readonly Block[]): { parts: Parts; touched: Set<string> } {
  const changed = new Set(blocks.map(({ number }) => number))
  const fresh = blocks.flatMap(({ number, skus }) => skus.map((sku): CatalogueItem => ({ ...itemOf(sku), block: number })))
  const gone = [...items.values()].filter(({ block }) => block !== undefined && changed.has(block))
  const merged = new Map(items)
  for (const { id } of gone) merged.delete(id)
  for (const item of fresh) merged.set(item.id, item)
  const known = [...digests]
  for (const { number, digest } of blocks) {
    while (known.length <= number) known.push('')
    known[number] = digest
  }
  return { parts: { items: merged, digests: known }, touched: new Set([...gone, ...fresh].map(({ id }) => id)) }
}
