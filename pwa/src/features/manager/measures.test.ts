import { expect, test } from 'vitest'
import { figure, figureText, MEASURES, paceShare, paint, step, STEPS, total, worstFirst, type Tally } from './measures.ts'

const CALM: Tally = {
  skuCount: 10,
  availableCount: 10,
  outCount: 0,
  belowSafetyCount: 0,
  negativeCount: 0,
  shortageUnits: 0,
  soldUnits: 30,
  soldUnitsLastHour: 6,
  salesTodayFen: 9_000,
}
const SHORT: Tally = { ...CALM, availableCount: 7, outCount: 3, belowSafetyCount: 5, shortageUnits: 21, soldUnitsLastHour: 2 }

test('availability of a region counts items, not the mean of percentages', () => {
  expect(figure('availability', total([CALM, { ...SHORT, skuCount: 30, availableCount: 15 }]))).toBe(25 / 40)
})

test('almost everything available is not called everything', () => {
  expect(figureText('availability', { ...CALM, skuCount: 1000, availableCount: 999 })).toBe('99%')
})

test('the worst store comes first, whatever is asked', () => {
  for (const measure of MEASURES) expect(worstFirst(measure, SHORT, CALM)).toBeLessThan(0)
})

test('a store that lacks nothing is calm, the one that lacks most is darkest', () => {
  expect(step('shortage', 0, 21)).toBe(0)
  expect(step('shortage', 21, 21)).toBe(STEPS - 1)
  expect(step('availability', 1, 0)).toBe(STEPS - 1)
  expect(step('pace', 0, 0)).toBe(0)
})

test('a store that only took goods back is drawn like one that sold nothing', () => {
  expect(paceShare({ ...CALM, soldUnitsLastHour: -3 }, 6)).toBe(0)
  expect(paceShare(CALM, 6)).toBe(1)
  expect(paceShare(CALM, 0)).toBe(0)
})

test('every figure can be read on its colour', () => {
  for (const measure of MEASURES) {
    for (let at = 0; at < STEPS; at += 1) {
      const { fill, ink } = paint(measure, at)
      expect(contrast(fill, ink), `${measure} ${at}`).toBeGreaterThan(4.5)
    }
  }
})

test('the scales are in order of lightness, so that they are in order for every eye', () => {
  const lightness = (measure: 'pace' | 'shortage'): number[] =>
    Array.from({ length: STEPS }, (_, at) => luminance(paint(measure, at).fill))
  expect(lightness('pace')).toEqual(lightness('pace').toSorted((one, other) => one - other))
  expect(lightness('shortage').slice(1)).toEqual(lightness('shortage').slice(1).toSorted((one, other) => other - one))
})

/** WCAG 2.2 relative luminance and contrast ratio. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}
