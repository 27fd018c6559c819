/** Counting together: beginning a stocktake, its lines, what is said of a count, and its end. */
import { countedOf, type CountLine } from '../counts-lines.ts'
import { CancelStocktake, ConfirmStocktake, RecordCounts, SettleCount, StartStocktake } from '../documents/stocktakes.ts'
import type { ResultOf, VariablesOf } from '../graphql.ts'
import { match } from '../match.ts'
import type { Operation } from '../operations.ts'
import { uuidv7 } from '../uuid.ts'
import { accepted, firstOf, kind, refused, type Fate, type NamedLine } from './deed.ts'
import { record } from './record.ts'

type StartInput = VariablesOf<typeof StartStocktake>['input']
type CountsInput = VariablesOf<typeof RecordCounts>['input']
type SettleInput = VariablesOf<typeof SettleCount>['input']
type ConfirmInput = VariablesOf<typeof ConfirmStocktake>['input']
type CancelInput = VariablesOf<typeof CancelStocktake>['input']

export interface StocktakeStartDeed {
  kind: 'stocktake-start'
  input: StartInput
  lines: NamedLine[]
}

export interface CountLinesDeed {
  kind: 'count-lines'
  input: CountsInput
  lines: NamedLine[]
  unknown: number
}

export interface CountSettledDeed {
  kind: 'count-settle'
  input: SettleInput
  lines: NamedLine[]
}

export interface StocktakeConfirmDeed {
  kind: 'stocktake-confirm'
  input: ConfirmInput
  lines: NamedLine[]
}

export interface StocktakeCancelDeed {
  kind: 'stocktake-cancel'
  input: CancelInput
  lines: NamedLine[]
}

/** The stocktake has its id here, so that its lines can name it before the server has heard of it. */
export function startStocktake(scope: StartInput['scope']): Promise<Operation> {
  return record(({ requestId, storeId, origin }) => ({
    kind: 'stocktake-start',
    lines: [],
    input: { requestId, id: uuidv7(), storeId, scope, startedAt: origin.occurredAt, blind: true },
  }))
}

/** Lines of one stocktake, each under the name that it got when it was scanned. */
export function recordLines(lines: readonly CountLine[]): Promise<Operation> {
  const [first] = lines
  if (!first) throw new Error('no lines to record')
  const things = countedOf(lines)
  return record(({ requestId }) => ({
    kind: 'count-lines',
    unknown: things.filter(({ skuId }) => skuId === null).length,
    lines: things.flatMap(({ skuId, name, nameEn, unit, quantity }) => (skuId === null ? [] : [{ skuId, name, nameEn, unit, quantity }])),
    input: { requestId, stocktakeId: first.stocktakeId, lines: lines.map(told) },
  }), { storeId: first.storeId })
}

function told({ id, skuId, code, quantity, mode, round, shelfId, at, latitude, longitude }: CountLine): CountsInput['lines'][number] {
  const what = skuId === null ? { code } : { skuId }
  return { id, ...what, quantity, mode, round, shelfId, latitude, longitude, countedAt: new Date(at).toISOString() }
}

export function settleCount(about: NamedLine, input: Omit<SettleInput, 'requestId' | 'skuId'>): Promise<Operation> {
  return record(({ requestId }) => ({ kind: 'count-settle', lines: [about], input: { ...input, requestId, skuId: about.skuId } }))
}

export function confirmStocktake(input: Omit<ConfirmInput, 'requestId'>): Promise<Operation> {
  return record(({ requestId }) => ({ kind: 'stocktake-confirm', lines: [], input: { ...input, requestId } }))
}

export function cancelStocktake(stocktakeId: string): Promise<Operation> {
  return record(({ requestId }) => ({ kind: 'stocktake-cancel', lines: [], input: { requestId, stocktakeId } }))
}

export const stocktakeStart = kind<StocktakeStartDeed>()({
  icon: 'clipboard',
  document: StartStocktake,
  variables: ({ input }) => ({ input }),
  fate: ({ startStocktake: answer }) =>
    match(answer, { StartStocktakeSuccess: accepted, InvalidInput: refused, NotFound: refused, NotPermitted: refused, RequestIdConflict: refused }),
  words: (_deed, say) => say.t('stocktakes.deed.start'),
})

export const countLines = kind<CountLinesDeed>()({
  icon: 'clipboard',
  document: RecordCounts,
  // What the clock says as it is sent, so that the server can put right a device whose clock is wrong.
  variables: ({ input }) => ({ input: { ...input, sentAt: new Date().toISOString() } }),
  fate: countsFate,
  words: ({ lines, unknown }, say) => {
    if (lines.length === 0) return say.t('stocktakes.deed.linesUnknown', { n: unknown })
    return lines.length > 1 ? say.t('stocktakes.deed.linesMany', firstOf(lines, say)) : say.t('stocktakes.deed.lines', firstOf(lines, say))
  },
})

/** A line that the server does not understand is named; all others are kept. */
function countsFate({ recordCounts }: ResultOf<typeof RecordCounts>): Fate {
  return match(recordCounts, {
    RecordCountsSuccess: ({ outcomes }): Fate => {
      const problems = outcomes.flatMap((outcome) => (outcome.outcome === 'REFUSED' ? outcome.problems : []))
      const [first] = problems
      return first ? { state: 'refused', reason: { ...first, problems } } : accepted()
    },
    InvalidInput: refused,
    NotFound: refused,
    NotPermitted: refused,
    RequestIdConflict: refused,
  })
}

export const countSettle = kind<CountSettledDeed>()({
  icon: 'check',
  document: SettleCount,
  variables: ({ input }) => ({ input }),
  fate: ({ settleCount: answer }) =>
    match(answer, {
      SettleCountSuccess: accepted,
      InvalidInput: refused,
      NotFound: refused,
      NotPermitted: refused,
      RequestIdConflict: refused,
      StocktakeClosed: refused,
      OwnCount: refused,
    }),
  words: ({ lines }, say) => say.t('stocktakes.deed.settle', { item: firstOf(lines, say).item }),
})

export const stocktakeConfirm = kind<StocktakeConfirmDeed>()({
  icon: 'check',
  document: ConfirmStocktake,
  variables: ({ input }) => ({ input }),
  fate: ({ confirmStocktake: answer }) =>
    match(answer, {
      ConfirmStocktakeSuccess: accepted,
      InvalidInput: refused,
      NotFound: refused,
      NotPermitted: refused,
      RequestIdConflict: refused,
      StocktakeClosed: refused,
      CountsOpen: refused,
    }),
  words: (_deed, say) => say.t('stocktakes.deed.confirm'),
})

export const stocktakeCancel = kind<StocktakeCancelDeed>()({
  icon: 'clipboard',
  document: CancelStocktake,
  variables: ({ input }) => ({ input }),
  fate: ({ cancelStocktake: answer }) =>
    match(answer, {
      CancelStocktakeSuccess: accepted,
      InvalidInput: refused,
      NotFound: refused,
      NotPermitted: refused,
      RequestIdConflict: refused,
      StocktakeClosed: refused,
    }),
  words: (_deed, say) => say.t('stocktakes.deed.cancel'),
})
