/** Counting one item, and putting the book right. */
import type { ResultOf, VariablesOf } from '../graphql.ts'
import type { CatalogueItem } from '../catalogue-item.ts'
import { AdjustStock } from '../documents/writes.ts'
import { match } from '../match.ts'
import type { Operation } from '../operations.ts'
import { accepted, firstOf, kind, piecesOf, reasonOf, refused, type Fate, type NamedLine } from './deed.ts'
import { named, record, type Recording } from './record.ts'

type AdjustInput = VariablesOf<typeof AdjustStock>['input']

export interface CountDeed {
  kind: 'count'
  input: AdjustInput
  lines: NamedLine[]
  booked: number
  counted: number
}

export interface CorrectionDeed {
  kind: 'correction'
  input: AdjustInput
  lines: NamedLine[]
  undoes: string
}

/** `booked` is what the screen showed while she counted; the server refuses when it has moved since. */
export function count(item: CatalogueItem, counted: number, booked: number): Promise<Operation> {
  return record((common) => ({
    kind: 'count',
    booked,
    counted,
    lines: [named({ item, quantity: counted })],
    input: { ...common, skuId: item.id, setTo: counted, expected: booked, reason: 'COUNTED' },
  }))
}

/** The stock moved during the count: the difference that she found at that moment settles it. False when there was none. */
export async function correctByDifference(operation: Operation): Promise<boolean> {
  if (operation.deed.kind !== 'count') return false
  const { counted, booked, lines } = operation.deed
  return correct(operation, lines, counted - booked, 'COUNTED', { settles: operation.requestId })
}

async function correct(
  operation: Operation,
  lines: NamedLine[],
  delta: number,
  reason: AdjustInput['reason'],
  towards: Pick<Recording, 'reverses' | 'settles'>,
): Promise<boolean> {
  const [line] = lines
  if (!line || delta === 0) return false
  await record((common) => ({
    kind: 'correction',
    undoes: operation.requestId,
    lines: [{ ...line, quantity: delta }],
    input: { ...common, skuId: line.skuId, delta, reason },
  }), { storeId: operation.storeId, ...towards })
  return true
}

const adjustment = {
  document: AdjustStock,
  variables: ({ input }: { input: AdjustInput }) => ({ input }),
  fate: fateOf,
}

function fateOf({ adjustStock }: ResultOf<typeof AdjustStock>): Fate {
  return match(adjustStock, {
    AdjustStockSuccess: ({ line }): Fate => ({ ...accepted(), belowZero: line.belowZero ? [line.skuId] : [] }),
    InvalidInput: refused,
    NotFound: refused,
    NotPermitted: refused,
    RequestIdConflict: refused,
    StockMoved: (moved): Fate => ({
      state: 'needs-you',
      reason: { ...reasonOf(moved), moved: { expected: moved.expected, actual: moved.actual } },
    }),
  })
}

export const counted = kind<CountDeed>()({
  ...adjustment,
  icon: 'clipboard',
  words: (deed, say) => say.t('operations.count', { item: firstOf(deed.lines, say).item, n: deed.counted }),
  change: (deed, skuId) => (deed.lines.some((line) => line.skuId === skuId) ? deed.counted - deed.booked : 0),
  undo: async (operation, deed) => {
    await correct(operation, deed.lines, deed.booked - deed.counted, 'MISRECORDED', { reverses: operation.requestId })
  },
})

export const correction = kind<CorrectionDeed>()({
  ...adjustment,
  icon: 'undo',
  words: ({ lines }, say) => {
    const delta = lines[0]?.quantity ?? 0
    return say.t('operations.correction', { item: firstOf(lines, say).item, n: delta > 0 ? `+${delta}` : String(delta) })
  },
  change: ({ lines }, skuId) => piecesOf(lines, skuId),
})
