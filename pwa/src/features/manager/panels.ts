/**
 * Where each store stands on the manager's map.
 *
 * Stores of one chain are far apart between cities and close together inside one, so
 * a single map shows three dots. Every region gets a panel scaled to its own bounds,
 * with east and north kept true; circles that overlap are pushed apart a little, and
 * a name is shown where it covers nothing. All in pixels, so that it can be checked.
 */
export interface Place {
  id: string
  regionId: string
  latitude: number | null
  longitude: number | null
  name: string
  /** Radius of its circle in pixels. */
  radius: number
}

export interface Box {
  x: number
  y: number
  width: number
  height: number
}

export interface Panel extends Box {
  regionId: string
  project: (longitude: number, latitude: number) => { x: number; y: number }
}

const SIDES = ['right', 'left', 'bottom', 'top'] as const
export type Side = (typeof SIDES)[number]

export interface Spot {
  id: string
  x: number
  y: number
  radius: number
  /** Undefined when there is no room for the name. */
  label: Side | undefined
  /** How far a name above or below is pushed aside, so that it stays in its panel and off its neighbours. */
  shift: number
}

type Circle = Omit<Spot, 'label' | 'shift'>

const GAP = 8
const TITLE = 26
const MARGIN = 14
const LABEL_HEIGHT = 15
const ROUNDS = 40
const ORDERS = 8
const STRETCH = 2
/** Between two circles, so that most have a side for their names. */
const APART = 9
/** Between a name and the edge of its panel: letters are a little wider than they are counted. */
const EDGE = 4

export function arrange(
  places: Place[],
  regionIds: string[],
  size: { width: number; height: number },
  fontSize: number,
): { panels: Panel[]; spots: Spot[] } {
  const inhabited = regionIds.filter((regionId) => places.some((place) => place.regionId === regionId))
  const boxes = tile(inhabited.length, size)
  const panels: Panel[] = []
  const spots: Spot[] = []
  inhabited.forEach((regionId, index) => {
    const box = boxes[index]
    if (!box) return
    const here = places.filter((place) => place.regionId === regionId)
    const inner = innerBox(box, here, fontSize)
    const project = projection(here, inner)
    panels.push({ ...box, regionId, project })
    spots.push(...labelled(separated(positions(here, project, inner), inner), box, here, fontSize))
  })
  return { panels, spots }
}

/** Equal boxes whose shape is closest to a square. */
function tile(count: number, { width, height }: { width: number; height: number }): Box[] {
  if (count === 0) return []
  const shapes = Array.from({ length: count }, (_, index) => index + 1).map((columns) => {
    const rows = Math.ceil(count / columns)
    const box = { width: (width - GAP * (columns - 1)) / columns, height: (height - GAP * (rows - 1)) / rows }
    return { columns, ...box, slant: Math.abs(Math.log(box.width / box.height)) + (columns * rows - count) * 0.2 }
  })
  const best = shapes.reduce((one, other) => (other.slant < one.slant ? other : one))
  return Array.from({ length: count }, (_, index) => ({
    x: (index % best.columns) * (best.width + GAP),
    y: Math.floor(index / best.columns) * (best.height + GAP),
    width: best.width,
    height: best.height,
  }))
}

/** Room for the title above, and for half a name at both sides. */
function innerBox(box: Box, places: Place[], fontSize: number): Box {
  const largest = Math.max(0, ...places.map(({ radius }) => radius))
  const side = Math.min(box.width / 4, largest + MARGIN / 2 + fontSize)
  const top = TITLE + largest
  return {
    x: box.x + side,
    y: box.y + top,
    width: Math.max(1, box.width - 2 * side),
    height: Math.max(1, box.height - top - largest - MARGIN),
  }
}

/** Equirectangular around the region's own middle, stretched to fill the box by at most `STRETCH` in either direction. */
function projection(places: Place[], box: Box): Panel['project'] {
  const located = places.filter((place) => place.latitude !== null && place.longitude !== null)
  const latitudes = located.map((place) => place.latitude ?? 0)
  const longitudes = located.map((place) => place.longitude ?? 0)
  const middle = { latitude: mid(latitudes), longitude: mid(longitudes) }
  const shrink = Math.cos((middle.latitude * Math.PI) / 180)
  const wide = Math.max(span(longitudes) * shrink, 1e-6)
  const high = Math.max(span(latitudes), 1e-6)
  const even = Math.min(box.width / wide, box.height / high)
  const scaleX = Math.min(box.width / wide, even * STRETCH)
  const scaleY = Math.min(box.height / high, even * STRETCH)
  return (longitude, latitude) => ({
    x: box.x + box.width / 2 + (longitude - middle.longitude) * shrink * scaleX,
    y: box.y + box.height / 2 - (latitude - middle.latitude) * scaleY,
  })
}

/** Stores without a position stand in rows, in their order. */
function positions(places: Place[], project: Panel['project'], box: Box): Circle[] {
  const lost = places.filter((place) => place.latitude === null || place.longitude === null)
  const columns = Math.max(1, Math.ceil(Math.sqrt((lost.length * box.width) / box.height)))
  const rows = Math.max(1, Math.ceil(lost.length / columns))
  return places.map((place) => {
    const index = lost.indexOf(place)
    const point =
      index < 0
        ? project(place.longitude ?? 0, place.latitude ?? 0)
        : {
            x: box.x + ((index % columns) + 0.5) * (box.width / columns),
            y: box.y + (Math.floor(index / columns) + 0.5) * (box.height / rows),
          }
    return { id: place.id, radius: place.radius, ...point }
  })
}

function separated(spots: Circle[], box: Box): Circle[] {
  for (let round = 0; round < ROUNDS; round += 1) {
    let moved = false
    for (const [index, one] of spots.entries()) {
      for (const other of spots.slice(index + 1)) moved = pushApart(one, other) || moved
    }
    for (const spot of spots) {
      spot.x = Math.min(box.x + box.width, Math.max(box.x, spot.x))
      spot.y = Math.min(box.y + box.height, Math.max(box.y, spot.y))
    }
    if (!moved) break
  }
  return spots
}

function pushApart(one: Circle, other: Circle): boolean {
  const dx = other.x - one.x || 0.01
  const dy = other.y - one.y
  const distance = Math.hypot(dx, dy)
  const missing = one.radius + other.radius + APART - distance
  if (missing <= 0) return false
  const push = missing / 2 / distance
  one.x -= dx * push
  one.y -= dy * push
  other.x += dx * push
  other.y += dy * push
  return true
}

function labelled(spots: Circle[], panel: Box, places: Place[], fontSize: number): Spot[] {
  const free = spots.map((spot, own) => {
    const width = textWidth(places[own]?.name ?? '', fontSize)
    const sides = SIDES.flatMap((side) => shifts(spot, side, width, panel).map((shift) => ({ side, shift, box: labelBox(spot, side, width, shift) })))
    return { own, sides: sides.filter(({ box }) => inside(box, panel) && spots.every((circle, index) => index === own || !covers(box, circle))) }
  })
  // Whoever has the least room chooses first; who found none then chooses before all others.
  let order = free.toSorted((one, other) => one.sides.length - other.sides.length)
  let chosen = new Map<number, Named>()
  for (let round = 0; round < ORDERS && chosen.size < spots.length; round += 1) {
    const found = choose(order, [])
    if (found.size > chosen.size) chosen = found
    order = [...order.filter(({ own }) => !found.has(own)), ...order.filter(({ own }) => found.has(own))]
  }
  return spots.map((spot, own) => ({ ...spot, ...(chosen.get(own) ?? { label: undefined, shift: 0 }) }))
}

type Named = Pick<Spot, 'label' | 'shift'>

/** One after another takes the first place that no name before it covers. */
function choose(order: readonly { own: number; sides: readonly { side: Side; shift: number; box: Box }[] }[], taken: Box[]): Map<number, Named> {
  const chosen = new Map<number, Named>()
  for (const { own, sides } of order) {
    const fits = sides.find(({ box }) => taken.every((name) => !overlap(box, name)))
    if (!fits) continue
    taken.push(fits.box)
    chosen.set(own, { label: fits.side, shift: fits.shift })
  }
  return chosen
}

function covers(box: Box, { x, y, radius }: Circle): boolean {
  const dx = x - Math.min(Math.max(x, box.x), box.x + box.width)
  const dy = y - Math.min(Math.max(y, box.y), box.y + box.height)
  return Math.hypot(dx, dy) < radius
}

/** A name above or below need not stand in the middle: it may begin or end at its circle, or at the panel's edge. */
function shifts({ x, radius }: Circle, side: Side, width: number, panel: Box): number[] {
  if (side === 'left' || side === 'right') return [0]
  const aside = Math.max(0, width / 2 - radius)
  const [least, most] = [panel.x + EDGE + width / 2 - x, panel.x + panel.width - EDGE - width / 2 - x]
  const within = Math.min(Math.max(0, least), most)
  return [...new Set([0, within, aside, -aside, aside / 2, -aside / 2])]
}

export function labelBox(spot: { x: number; y: number; radius: number }, side: Side, width: number, shift = 0): Box {
  const away = spot.radius + 4
  const [x, y] = {
    right: [spot.x + away, spot.y - LABEL_HEIGHT / 2],
    left: [spot.x - away - width, spot.y - LABEL_HEIGHT / 2],
    top: [spot.x + shift - width / 2, spot.y - away - LABEL_HEIGHT],
    bottom: [spot.x + shift - width / 2, spot.y + away],
  }[side] as [number, number]
  return { x, y, width, height: LABEL_HEIGHT }
}

/** Han characters are as wide as they are high; others about half. */
export function textWidth(text: string, fontSize: number): number {
  return Array.from(text).reduce((sum, character) => sum + (character > '⺀' ? fontSize : fontSize * 0.56), 0)
}

export function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  )
}

function inside(box: Box, panel: Box): boolean {
  return (
    box.x >= panel.x + EDGE &&
    box.y >= panel.y + EDGE &&
    box.x + box.width <= panel.x + panel.width - EDGE &&
    box.y + box.height <= panel.y + panel.height - EDGE
  )
}

function mid(values: number[]): number {
  return values.length ? (Math.min(...values) + Math.max(...values)) / 2 : 0
}

function span(values: number[]): number {
  return values.length ? Math.max(...values) - Math.min(...values) : 0
}
