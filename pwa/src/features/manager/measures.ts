/** The three questions a manager asks of a store and a category, and how each is read. */
import type { HeatCell } from '@/data/heat.ts'

export const MEASURES = ['availability', 'pace', 'shortage'] as const
export type Measure = (typeof MEASURES)[number]

export type Tally = Omit<HeatCell, 'storeId' | 'categoryId'>

const NOTHING: Tally = {
  skuCount: 0,
  availableCount: 0,
  outCount: 0,
  belowSafetyCount: 0,
  negativeCount: 0,
  shortageUnits: 0,
  soldUnits: 0,
  soldUnitsLastHour: 0,
  salesTodayFen: 0,
}

export function total(cells: Iterable<Tally>): Tally {
  const sum = { ...NOTHING }
  for (const cell of cells) {
    for (const key of Object.keys(NOTHING) as (keyof Tally)[]) sum[key] += cell[key]
  }
  return sum
}

/** Availability is a share from 0 to 1, pace pieces in the last hour, shortage pieces missing to the safety stock. */
export function figure(measure: Measure, tally: Tally): number {
  switch (measure) {
    case 'availability':
      return tally.skuCount === 0 ? 1 : tally.availableCount / tally.skuCount
    case 'pace':
      return tally.soldUnitsLastHour
    case 'shortage':
      return tally.shortageUnits
  }
}

export function figureText(measure: Measure, tally: Tally): string {
  const value = figure(measure, tally)
  return measure === 'availability' ? `${Math.floor(value * 100)}%` : String(value)
}

/** One item in ten below its safety stock: reason enough for a red ring. */
export function isShort({ skuCount, belowSafetyCount }: Tally): boolean {
  return belowSafetyCount > skuCount / 10
}

/** Sorts the worst first: the least available, the slowest, the shortest of stock. */
export function worstFirst(measure: Measure, one: Tally, other: Tally): number {
  const difference = figure(measure, one) - figure(measure, other)
  return measure === 'shortage' ? -difference : difference
}

/** How fast a store sells beside the fastest, 0 to 1; one that only took goods back does not sell. */
export function paceShare({ soldUnitsLastHour }: Tally, fastest: number): number {
  return fastest <= 0 ? 0 : Math.max(0, soldUnitsLastHour) / fastest
}

export const STEPS = 7
const AVAILABLE_FROM = [0.5, 0.65, 0.75, 0.85, 0.92, 0.98]

/** Which of the seven steps of the scale; `most` is the largest figure in view, for the measures without a natural end. */
export function step(measure: Measure, value: number, most: number): number {
  if (measure === 'availability') return AVAILABLE_FROM.filter((bound) => value >= bound).length
  if (value <= 0 || most <= 0) return 0
  return Math.min(STEPS - 1, 1 + Math.floor((value / most) * (STEPS - 1.001)))
}

export interface Paint {
  fill: string
  ink: string
}

const DARK = '#0d1b14'
const LIGHT = '#ffffff'
/** Viridis: even to the eye, the same order for every kind of colour vision and in grey. */
const VIRIDIS: Paint[] = [
  { fill: '#46206a', ink: LIGHT },
  { fill: '#414487', ink: LIGHT },
  { fill: '#2f6a8e', ink: LIGHT },
  { fill: '#22908c', ink: DARK },
  { fill: '#3bb978', ink: DARK },
  { fill: '#8fd64a', ink: DARK },
  { fill: '#f4e44d', ink: DARK },
]
/** From nothing missing (calm) to much missing (red), falling evenly in lightness. */
const SHORTAGE: Paint[] = [
  { fill: '#dfe9e3', ink: DARK },
  { fill: '#fde3c8', ink: DARK },
  { fill: '#fbc79c', ink: DARK },
  { fill: '#f6a377', ink: DARK },
  { fill: '#ec7d5b', ink: DARK },
  { fill: '#c9403a', ink: LIGHT },
  { fill: '#8f1430', ink: LIGHT },
]

export function paint(measure: Measure, at: number): Paint {
  const scale = measure === 'shortage' ? SHORTAGE : VIRIDIS
  return scale[Math.max(0, Math.min(STEPS - 1, at))] ?? { fill: DARK, ink: LIGHT }
}
