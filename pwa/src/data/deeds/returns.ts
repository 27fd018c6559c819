/** Goods that a customer brings back, and a return that was none. */
import type { ResultOf, VariablesOf } from '../graphql.ts'
import { RecordMovements } from '../documents/writes.ts'
import { match } from '../match.ts'
import type { Operation } from '../operations.ts'
import { uuidv7 } from '../uuid.ts'
import { accepted, firstOf, kind, piecesOf, refused, type Fate, type NamedLine } from './deed.ts'
import { named, record, type Pick } from './record.ts'

type MovementsInput = VariablesOf<typeof RecordMovements>['input']

export interface ReturnDeed {
  kind: 'return'
  input: MovementsInput
  lines: NamedLine[]
  why: string
}

export interface ReturnUndoneDeed {
  kind: 'return-undone'
  input: MovementsInput
  lines: NamedLine[]
}

/** The reason of a return that only takes a wrong sale back. */
export const UNDONE = 'undone'

export function takeBack(pick: Pick, why: string): Promise<Operation> {
  return postReturn([{ line: named(pick), priceFen: pick.item.priceFen }], why)
}

interface ReturnedLine {
  line: NamedLine
  priceFen: number | null
}

export function postReturn(returned: ReturnedLine[], why: string, reversed?: Operation): Promise<Operation> {
  return record(({ requestId, storeId, origin }) => ({
    kind: 'return',
    why,
    lines: returned.map(({ line }) => line),
    input: {
      requestId,
      source: 'PHONE',
      allOrNothing: true,
      events: returned.map(({ line, priceFen }) => ({
        eventId: uuidv7(),
        storeId,
        skuId: line.skuId,
        kind: 'CUSTOMER_RETURN',
        quantity: line.quantity,
        amount: priceFen === null ? null : priceFen * line.quantity,
        occurredAt: origin.occurredAt,
      })),
    },
  }), { storeId: reversed?.storeId, reverses: reversed?.requestId })
}

/** The goods leave again and the customer pays again what she got back. */
async function takeReturnBack(reversed: Operation, { input, lines }: ReturnDeed): Promise<void> {
  await record(({ requestId, origin }) => ({
    kind: 'return-undone',
    lines,
    input: {
      ...input,
      requestId,
      events: input.events.map((event) => ({ ...event, eventId: uuidv7(), kind: 'SALE', occurredAt: origin.occurredAt })),
    },
  }), { storeId: reversed.storeId, reverses: reversed.requestId })
}

const movements = {
  document: RecordMovements,
  variables: ({ input }: { input: MovementsInput }) => ({ input }),
  fate: fateOf,
}

function fateOf({ recordMovements }: ResultOf<typeof RecordMovements>): Fate {
  return match(recordMovements, {
    RecordMovementsSuccess: (done): Fate => {
      const problems = done.outcomes.flatMap((outcome) => outcome.problems)
      const [first] = problems
      if (done.refused === 0 || !first) return accepted()
      return { state: 'refused', reason: { ...first, problems } }
    },
    InvalidInput: refused,
    NotPermitted: refused,
    RequestIdConflict: refused,
  })
}

export const returned = kind<ReturnDeed>()({
  ...movements,
  icon: 'back',
  words: ({ lines, why }, say) =>
    why === UNDONE ? say.t('operations.undone', firstOf(lines, say)) : say.t('operations.return', firstOf(lines, say)),
  change: ({ lines }, skuId) => piecesOf(lines, skuId),
  undo: takeReturnBack,
})

export const returnUndone = kind<ReturnUndoneDeed>()({
  ...movements,
  icon: 'undo',
  words: ({ lines }, say) => say.t('operations.returnUndone', firstOf(lines, say)),
  change: ({ lines }, skuId) => -piecesOf(lines, skuId),
})
