/** How far a stocktake is: what should stand on its shelves, less what somebody has counted there. */

interface Place {
  id: string
  zone: string
  skuIds: readonly string[]
}

export interface Covered {
  zone: string | null
  shelfIds: readonly string[] | null
  skuIds: readonly string[] | null
}

export interface Seen {
  skuId: string | null
  shelfId: string | null
}

export interface ZoneProgress {
  zone: string
  expected: number
  left: number
}

/**
 * Each thing on each shelf is one to count. A count without a shelf is of the thing wherever it stands.
 * Nothing of the book is in it, so that it may be shown to who counts blind.
 */
export function progressOf(places: readonly Place[], covered: Covered, seen: readonly Seen[]): ZoneProgress[] {
  const there = new Set(seen.map(({ shelfId, skuId }) => `${shelfId ?? ''} ${skuId ?? ''}`))
  const zones = new Map<string, ZoneProgress>()
  for (const { id, zone, skuIds } of places) {
    if (covered.zone !== null && covered.zone !== zone) continue
    if (covered.shelfIds !== null && !covered.shelfIds.includes(id)) continue
    const wanted = skuIds.filter((skuId) => covered.skuIds === null || covered.skuIds.includes(skuId))
    const left = wanted.filter((skuId) => !there.has(`${id} ${skuId}`) && !there.has(` ${skuId}`))
    const known = zones.get(zone) ?? { zone, expected: 0, left: 0 }
    if (wanted.length) zones.set(zone, { zone, expected: known.expected + wanted.length, left: known.left + left.length })
  }
  return [...zones.values()]
}
