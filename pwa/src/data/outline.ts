/**
 * Borders behind the stores, when the operator has an outline that may be published.
 *
 * Published maps of China need official review, so none is shipped: VITE_MAP_OUTLINE_URL
 * names a GeoJSON file on our own server when the app is built, and without it the map is complete.
 */
export type Position = [number, number]
interface Outline {
  features: { geometry: { type: string; coordinates: unknown } }[]
}

const ADDRESS = import.meta.env['VITE_MAP_OUTLINE_URL'] as string | undefined

export async function loadOutline(): Promise<Position[][]> {
  if (!ADDRESS) return []
  const response = await fetch(ADDRESS)
  if (!response.ok) return []
  const outline = (await response.json()) as Outline
  return outline.features.flatMap(({ geometry }) => rings(geometry.coordinates))
}

function rings(coordinates: unknown): Position[][] {
  if (!Array.isArray(coordinates)) return []
  const [first] = coordinates as unknown[]
  const isRing = Array.isArray(first) && typeof first[0] === 'number'
  return isRing ? [coordinates as Position[]] : coordinates.flatMap(rings)
}
