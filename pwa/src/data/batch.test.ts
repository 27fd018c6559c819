import { parse } from '@0no-co/graphql.web'
import { expect, test } from 'vitest'
import { pack, read, write } from './batch.ts'
import { UnknownMember } from './match.ts'
import type { Deed, Operation } from './operations.ts'

const origin = { occurredAt: '2026-11-21T06:00:00Z', source: 'PHONE' as const }

function operation(deed: Deed): Operation {
  return { requestId: 'r', actorId: 'li-mei', storeId: 'wangjing', at: 0, state: 'waiting', attempts: 0, deed }
}

const sale = (requestId = 'r', lines = 0): Operation =>
  operation({ kind: 'sale', totalFen: 0, lines: [], input: { requestId, storeId: 's', origin, lines: Array.from({ length: lines }, () => ({ skuId: 'x'.repeat(36), quantity: 1, unitPrice: 1 })) } })
const opening = (): Operation => operation({ kind: 'open-day', lines: [], input: { requestId: 'o', storeId: 's', origin } })
const unknown = (): Operation => operation({ kind: 'dance' } as unknown as Deed)

test('several operations make one document, each with its own name and its own words', () => {
  const { query, variables } = write([sale('first'), opening(), sale('third')])

  expect(query).toContain('a0: recordSale(input: $input)')
  expect(query).toContain('a1: openBusinessDay(input: $input_1)')
  expect(query).toContain('a2: recordSale(input: $input_2)')
  expect(query.match(/fragment RefusalParts /g)).toHaveLength(1)
  expect(Object.keys(variables)).toEqual(['input', 'input_1', 'input_2'])
  expect(variables['input_2']).toMatchObject({ requestId: 'third' })
  expect(parse(query).definitions.map((part) => part.kind)).toEqual(['OperationDefinition', 'FragmentDefinition', 'FragmentDefinition'])
})

test('each operation gets its own verdict', () => {
  const refusal = { __typename: 'NotPermitted', code: 'NOT_PERMITTED', message: 'no', messageZh: '不行' }
  const done = { __typename: 'RecordSaleSuccess', saleId: 'x', recordedAt: '', total: 1, clockErrorSeconds: 7, lines: [{ skuId: 'tea', belowZero: true }] }

  const verdicts = read([sale(), sale(), sale()], { a0: done, a1: refusal, a2: { __typename: 'SoldOnTheMoon' } })

  expect(verdicts[0]).toEqual({ state: 'accepted', belowZero: ['tea'], clockErrorSeconds: 7 })
  expect(verdicts[1]).toMatchObject({ state: 'refused', reason: { messageZh: '不行' } })
  expect(verdicts[2]).toBeInstanceOf(UnknownMember)
})

test('a batch holds what the server takes in one document, and never nothing', () => {
  expect(pack(Array.from({ length: 25 }, () => sale()))).toHaveLength(10)
  expect(pack([sale('a', 3_000), sale('b', 3_000)])).toHaveLength(1)
  expect(pack([sale('huge', 9_000), sale()])).toHaveLength(1)
  expect(pack([])).toEqual([])
})

test('what a newer app wrote goes alone, and is not guessed at', () => {
  expect(pack([sale(), unknown(), sale()])).toHaveLength(1)
  expect(pack([unknown(), sale()])).toHaveLength(1)
  expect(() => write([unknown()])).toThrow(UnknownMember)
})
