/** Counting together: beginning a stocktake, its lines, what is said of a count, and its end. */
import { clock } from '../clock.ts'
import { countedOf, type CountLine } from '../counts-lines.ts'
import { CancelStocktake, ConfirmStocktake, RecordCounts, SettleCount, StartStocktake } from '../documents/stocktakes.ts'
import type { ResultOf, VariablesOf } from '../graphql.ts'
import { match } from '../match.ts'
import type { Operation } from '../operations.ts'
import { uuidv7 } from '../uuid.ts'
import { accepted, firstOf, kind, refused, type Fate, type NamedLine, type Reason } from './deed.ts'
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
  /** Which clock its lines are by, as `CountLine.by`. */
  by?: 'server' | number
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

/** Lines of one stocktake and by one clock, each under the name that it got when it was scanned. */
export function recordLines(lines: readonly CountLine[]): Promise<Operation> {
  const [first] = lines
  if (!first) throw new Error('no lines to record')
  const things = countedOf(lines)
  return record(({ requestId }) => ({
    kind: 'count-lines',
    ...(first.by !== undefined && { by: first.by }),
    unknown: things.filter(({ skuId }) => skuId === null).length,
    lines: things.flatMap(({ skuId, name, nameEn, unit, quantity }) => (skuId === null ? [] : [{ skuId, name, nameEn, unit, quantity }])),
    input: { requestId, stocktakeId: first.stocktakeId, lines: lines.map(lineOf) },
  }), { storeId: first.storeId })
}

function lineOf({ id, skuId, code, quantity, mode, round, shelfId, at, latitude, longitude, photo }: CountLine): CountsInput['lines'][number] {
  const what = skuId === null ? { code } : { skuId }
  return { id, ...what, quantity, mode, round, shelfId, latitude, longitude, countedAt: new Date(at).toISOString(), ...(photo && { photo }) }
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
  // What the clock of its lines says as they are sent, so that the server can put right a clock that was wrong.
  variables: ({ input, by = 0 }) => ({ input: { ...input, sentAt: new Date(by === 'server' ? clock.now() : Date.now() + by).toISOString() } }),
  fate: countsFate,
  words: ({ lines, unknown }, say) => {
    if (lines.length === 0) return say.t('stocktakes.deed.linesUnknown', { n: unknown })
    return lines.length > 1 ? say.t('stocktakes.deed.linesMany', firstOf(lines, say)) : say.t('stocktakes.deed.lines', firstOf(lines, say))
  },
})

type Outcome = Extract<ResultOf<typeof RecordCounts>['recordCounts'], { __typename: 'RecordCountsSuccess' }>['outcomes'][number]

/** A line that the server does not understand is named; all others are kept, and the words say so. */
function countsFate({ recordCounts }: ResultOf<typeof RecordCounts>, { input }: CountLinesDeed): Fate {
  return match(recordCounts, {
    RecordCountsSuccess: ({ outcomes }): Fate => partly(outcomes, input.lines.length),
    InvalidInput: refused,
    NotFound: refused,
    NotPermitted: refused,
    RequestIdConflict: refused,
  })
}

function partly(outcomes: readonly Outcome[], all: number): Fate {
  const wrong = outcomes.filter(({ outcome }) => outcome === 'REFUSED')
  const [problem] = wrong.flatMap(({ problems }) => problems)
  if (problem) {
    const kept = all - wrong.length
    const message = `${wrong.length} of ${all} scans were not recorded: ${problem.message} The other ${kept} count. Count those again.`
    const messageZh = `${all} 下里有 ${wrong.length} 下没记上：${problem.messageZh}其余 ${kept} 下都算数，没记上的请再数一次。`
    return told({ code: problem.code, message, messageZh })
  }
  if (outcomes.some(({ outcome }) => outcome === 'LATE')) return told(LATE)
  return outcomes.some(({ outcome }) => outcome === 'KEPT') ? told(KEPT) : accepted()
}

const told = (reason: Pick<Reason, 'code' | 'message' | 'messageZh'>): Fate => ({ state: 'needs-you', reason: { ...reason, problems: [], taken: true } })
const LATE = {
  code: 'COUNTED_LATE',
  message: 'The stocktake had been closed. These counts are kept in one that follows it: check and close that one too.',
  messageZh: '发到时这次盘点已收尾。你数的都记在接着的一次里，请到“盘点”里核对并收尾。',
}
const KEPT = {
  code: 'COUNT_CANCELLED',
  message: 'The stocktake had been cancelled. These counts stay on record and change nothing; count again if it matters.',
  messageZh: '发到时这次盘点已取消。你数的留了记录，账不会动；需要的话请再盘一次。',
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
