import { describe, expect, it } from 'vitest'
import text from './in-store-codes.vectors.json?raw'
import { priceCheckDigit, readWeighed, unitsOf, type InStorePattern, type Weighed } from './in-store-codes.ts'

interface Vector {
  why: string
  code: string
  packUnits: number
  unitFen: number | null
  read: Weighed | null
  units: number | null
}

const { patterns, codes } = JSON.parse(text) as { patterns: InStorePattern[]; codes: Vector[] }

describe('the codes that scales print', () => {
  it.each(codes)('$why', ({ code, packUnits, unitFen, read, units }) => {
    const weighed = readWeighed(code, patterns)

    expect(weighed).toEqual(read)
    if (weighed) expect(unitsOf(weighed, packUnits, unitFen)).toBe(units)
  })

  it("have the price check digits of the standard's own examples", () => {
    expect(priceCheckDigit('2875')).toBe('9')
    expect(priceCheckDigit('14685')).toBe('6')
  })
})
