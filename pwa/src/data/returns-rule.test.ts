import { describe, expect, it } from 'vitest'
import { decide, type Brought, type ReturnPolicy, type ReturnRule } from './returns-rule.ts'

const row = (name: string, more: Partial<ReturnRule>): ReturnRule => ({
  name,
  reasons: null,
  conditions: null,
  handlings: null,
  ages: null,
  disposition: 'QUARANTINE',
  firm: false,
  why: name,
  whyEn: name,
  ...more,
})
const policy: ReturnPolicy = {
  rules: [
    row('chilled', { handlings: ['CHILLED'], disposition: 'DESTROYED' }),
    row('young', { reasons: ['WRONG_ITEM'], conditions: ['SEALED'], ages: ['YOUNG'], disposition: 'BACK_ON_SALE' }),
    row('rest', {}),
  ],
  handlings: [{ categoryId: 'milk', handling: 'CHILLED' }],
  youngDays: 7,
  unitsWithoutProof: 2,
}
const brought: Brought = { reason: 'WRONG_ITEM', condition: 'SEALED', categoryId: 'soap', days: 7 }

describe('the first row that fits decides', () => {
  it('puts on sale what the table puts on sale', () => expect(decide(policy, brought)?.name).toBe('young'))
  it('looks at what the category needs first', () => expect(decide(policy, { ...brought, categoryId: 'milk' })?.name).toBe('chilled'))
  it('asks for a closer look when it is older', () => expect(decide(policy, { ...brought, days: 8 })?.name).toBe('rest'))
  it('asks for a closer look without a receipt', () => expect(decide(policy, { ...brought, days: undefined })?.name).toBe('rest'))
  it('asks for a closer look when the reason is another', () => expect(decide(policy, { ...brought, reason: 'QUALITY' })?.name).toBe('rest'))
  it('says nothing without a table', () => expect(decide(undefined, brought)).toBeUndefined())
})
