/**
 * What a stocktake is of: which goods belong to it, which of them nobody has counted, and what is none of its business.
 *
 * Pure, and without the book: all of it may be shown to who counts blind. Goods of a category or a store are those that
 * the shop keeps; of a zone or a shelf, those that are expected there.
 */

export interface Place {
  id: string
  zone: string
  skuIds: readonly string[]
}

export interface ScopeOf {
  kind: 'STORE' | 'ZONE' | 'SHELVES' | 'CATEGORIES' | 'SKUS'
  zone: string | null
  ids: readonly string[]
}

/** What this device knows of the shop. */
export interface Shop {
  places: readonly Place[]
  /** The category of each thing that the catalogue has. */
  categoryOf: (skuId: string) => string | undefined
  /** The category above each. */
  parents: ReadonlyMap<string, string | null>
  /** Goods that the shop keeps, on a shelf or not. */
  kept: readonly string[]
}

export interface Seen {
  skuId: string | null
  shelfId: string | null
}

export interface Left {
  skuId: string
  /** The shelves of the scope where it is expected and was not counted; none for what no shelf expects. */
  shelfIds: string[]
}

export interface Progress {
  goods: number
  left: Left[]
}

/**
 * The one meaning of progress on every screen: goods that are counted, of the goods of the stocktake.
 *
 * A thing is counted when it was counted on every shelf of the scope that expects it, or once without a shelf.
 */
export function progressOf(scope: ScopeOf, shop: Shop, seen: readonly Seen[]): Progress {
  const there = new Set(seen.map(({ shelfId, skuId }) => `${shelfId ?? ''} ${skuId ?? ''}`))
  const anywhere = new Set(seen.map(({ skuId }) => skuId))
  const homes = homesIn(placesOf(scope, shop))
  const goods = goodsOf(scope, shop, homes)
  const left = goods.flatMap((skuId): Left[] => {
    if (there.has(` ${skuId}`)) return []
    const shelves = homes.get(skuId)
    if (!shelves) return anywhere.has(skuId) ? [] : [{ skuId, shelfIds: [] }]
    const shelfIds = shelves.filter((id) => !there.has(`${id} ${skuId}`))
    return shelfIds.length ? [{ skuId, shelfIds }] : []
  })
  return { goods: goods.length, left }
}

/**
 * Whether a thing does not belong to the scope. Where no shelf of the scope says what it expects, nobody knows, and
 * what the catalogue does not know of its category is not held against it.
 */
export function isOutside(scope: ScopeOf, shop: Shop, skuId: string): boolean {
  if (scope.kind === 'STORE') return false
  if (scope.kind === 'SKUS') return !scope.ids.includes(skuId)
  if (scope.kind === 'CATEGORIES') {
    const category = shop.categoryOf(skuId)
    return category !== undefined && shop.parents.size > 0 && !isWithin(category, scope.ids, shop.parents)
  }
  const expected = homesIn(placesOf(scope, shop))
  return expected.size > 0 && !expected.has(skuId)
}

function placesOf({ kind, zone, ids }: ScopeOf, { places }: Shop): readonly Place[] {
  if (kind === 'ZONE') return places.filter((place) => place.zone === zone)
  return kind === 'SHELVES' ? places.filter(({ id }) => ids.includes(id)) : places
}

function homesIn(places: readonly Place[]): Map<string, string[]> {
  const homes = new Map<string, string[]>()
  for (const { id, skuIds } of places) {
    for (const skuId of skuIds) homes.set(skuId, [...(homes.get(skuId) ?? []), id])
  }
  return homes
}

function goodsOf({ kind, ids }: ScopeOf, { kept, categoryOf, parents }: Shop, homes: ReadonlyMap<string, string[]>): string[] {
  if (kind === 'SKUS') return [...ids]
  if (kind === 'ZONE' || kind === 'SHELVES') return [...homes.keys()]
  const all = [...new Set([...homes.keys(), ...kept])]
  return kind === 'STORE' ? all : all.filter((skuId) => isWithin(categoryOf(skuId), ids, parents))
}

function isWithin(category: string | undefined, ids: readonly string[], parents: ReadonlyMap<string, string | null>): boolean {
  for (let above: string | null | undefined = category; above; above = parents.get(above)) {
    if (ids.includes(above)) return true
  }
  return false
}
