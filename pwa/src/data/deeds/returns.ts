/**
 * Goods that a customer brings back, with a picture; looking at what was kept back; and a sale that was none.
 *
 * `return` takes a wrong sale back and, until photos were asked for, any goods; `return-undone` took such a return
 * back: phones may still hold both.
 */
import type { ResultOf, VariablesOf } from '../graphql.ts'
import { CancelReturn, InspectLot, RecordReturn } from '../documents/returns.ts'
import { RecordMovements } from '../documents/writes.ts'
import { match } from '../match.ts'
import type { Operation } from '../operations.ts'
import { uuidv7 } from '../uuid.ts'
import { accepted, firstOf, kind, piecesOf, reasonOf, refused, type Fate, type NamedLine, type NeededAt, type Place } from './deed.ts'
import { named, record, type Pick as SoldPick } from './record.ts'

type ReturnInput = VariablesOf<typeof RecordReturn>['input']
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

export interface GoodsReturnDeed {
  kind: 'goods-return'
  input: ReturnInput
  lines: NamedLine[]
  /** What goes back on the shelf is on it meanwhile. */
  onSale: boolean
  /** Where this phone sent the goods; an older app wrote down only whether it was the shelf. */
  told?: Place
}

export interface GoodsReturnCancelledDeed {
  kind: 'goods-return-cancelled'
  input: VariablesOf<typeof CancelReturn>['input']
  lines: NamedLine[]
  onSale: boolean
}

export interface InspectionDeed {
  kind: 'inspection'
  input: VariablesOf<typeof InspectLot>['input']
  lines: NamedLine[]
}

/** What the counter knows of a return; the id is made here, so that its undoing can name it at once. */
export type TakenBack = Pick<ReturnInput, 'reason' | 'condition' | 'photos' | 'saleLineId' | 'saleReference' | 'disposition' | 'overrideReason' | 'note'>

/** `settles` is the return that was not recorded as it stood, and is mended by this one. */
export function takeBack(pick: SoldPick, brought: TakenBack, told: Place, settles?: string): Promise<Operation> {
  return record((common) => ({
    kind: 'goods-return',
    lines: [named(pick)],
    onSale: told === 'BACK_ON_SALE',
    told,
    input: { ...common, ...brought, id: uuidv7(), skuId: pick.item.id, quantity: pick.quantity },
  }), { settles })
}

export type Verdict = Pick<InspectionDeed['input'], 'returnId' | 'passed' | 'good' | 'failedTo' | 'note'>

/** `line` is the whole lot, as the list of operations tells it. */
export function inspect(line: NamedLine, verdict: Verdict): Promise<Operation> {
  return record((common) => ({ kind: 'inspection', lines: [line], input: { ...common, ...verdict } }))
}

async function cancel(reversed: Operation, { input, lines, onSale }: GoodsReturnDeed): Promise<void> {
  await record(({ requestId, storeId, origin }) => ({
    kind: 'goods-return-cancelled',
    lines,
    onSale,
    input: { requestId, storeId, origin, returnId: input.id },
  }), { storeId: reversed.storeId, reverses: reversed.requestId })
}

/** The reason of a return that only takes a wrong sale back. */
export const UNDONE = 'undone'

interface ReturnedLine {
  line: NamedLine
  priceFen: number | null
}

export function postReturn(returned: ReturnedLine[], why: string, reversed: Operation): Promise<Operation> {
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
        documentId: reversed.requestId,
      })),
    },
  }), { storeId: reversed.storeId, reverses: reversed.requestId })
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

/** The manager can take it without a receipt, or the goods go back to the customer: somebody must decide. */
function needsSomebody(refusal: Parameters<typeof reasonOf>[0]): Fate {
  return { state: 'needs-you', reason: reasonOf(refusal) }
}

/** Accepted; when this phone sent the goods elsewhere, with the place where they belong. */
function placed(belongs: Place, { told, onSale }: GoodsReturnDeed): Extract<Fate, { state: 'accepted' }> {
  const asTold = told === undefined ? onSale === (belongs === 'BACK_ON_SALE') : told === belongs
  return asTold ? accepted() : { ...accepted(), belongs }
}

function needy({ storeName, storeNameEn, lacks }: { storeName: string; storeNameEn: string; lacks: number }): NeededAt {
  return { name: storeName, nameEn: storeNameEn, lacks }
}

export const goodsReturn = kind<GoodsReturnDeed>()({
  icon: 'back',
  document: RecordReturn,
  variables: ({ input }) => ({ input }),
  fate: ({ recordReturn }, deed) =>
    match(recordReturn, {
      RecordReturnSuccess: ({ returned: { disposition }, neededAt }): Fate => ({ ...placed(disposition, deed), ...(neededAt && { neededAt: needy(neededAt) }) }),
      InvalidInput: refused,
      MoreThanBought: needsSomebody,
      NotFound: needsSomebody,
      NotPermitted: refused,
      PhotoNeeded: refused,
      ProofNeeded: needsSomebody,
      RequestIdConflict: refused,
    }),
  words: ({ lines }, say) => say.t('operations.return', firstOf(lines, say)),
  change: ({ lines, onSale }, skuId) => (onSale ? piecesOf(lines, skuId) : 0),
  undo: cancel,
})

export const goodsReturnCancelled = kind<GoodsReturnCancelledDeed>()({
  icon: 'undo',
  document: CancelReturn,
  variables: ({ input }) => ({ input }),
  fate: ({ cancelReturn }) =>
    match(cancelReturn, {
      CancelReturnSuccess: accepted,
      InvalidInput: refused,
      NotFound: refused,
      NotPermitted: refused,
      RequestIdConflict: refused,
      ReturnClosed: refused,
    }),
  words: ({ lines }, say) => say.t('operations.returnUndone', firstOf(lines, say)),
  change: ({ lines, onSale }, skuId) => (onSale ? -piecesOf(lines, skuId) : 0),
})

export const inspection = kind<InspectionDeed>()({
  icon: 'check',
  document: InspectLot,
  variables: ({ input }) => ({ input }),
  fate: ({ inspectLot }) =>
    match(inspectLot, {
      InspectLotSuccess: accepted,
      InvalidInput: refused,
      NotFound: refused,
      NotPermitted: refused,
      RequestIdConflict: refused,
      ReturnClosed: refused,
    }),
  words: ({ lines, input }, say) => say.t('returns.inspected', { ...firstOf(lines, say), passed: input.passed }),
  change: ({ lines, input }, skuId) => (lines.some((line) => line.skuId === skuId) ? input.passed : 0),
})
