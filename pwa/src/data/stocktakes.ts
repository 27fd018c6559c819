/** Stocktakes as this device knows them: what runs, how far it is, what must be looked at again, and what came of it. */
import { computed, shallowRef } from 'vue'
import { clock } from './clock.ts'
import { recallLines, stocktakeLines } from './counts.ts'
import { readNote, writeNote } from './database.ts'
import { operations } from './deeds.ts'
import { cancelStocktake as recordCancel, confirmStocktake, settleCount, startStocktake } from './deeds/stocktakes.ts'
import { AskRecount, ProposalsQuery, ResultQuery, SeenQuery, SessionsQuery, SheetQuery, type SessionParts, type SettleCount } from './documents/stocktakes.ts'
import type { ResultOf, VariablesOf } from './graphql.ts'
import { match } from './match.ts'
import type { Fate, Operation } from './operations.ts'
import { me, myStore } from './session.ts'
import { progressOf, type Progress, type Seen } from './stocktakes-scope.ts'
import { shop } from './stocktakes-shop.ts'
import { ask, Refused, ServerBusy, Unreachable } from './transport.ts'
import { uuidv7 } from './uuid.ts'

type Told = ResultOf<typeof SessionParts>
type ToldItem = NonNullable<ResultOf<typeof SheetQuery>['stocktake']>['items']['edges'][number]['node']
export type Scope = Told['scope']
export type Reason = NonNullable<ToldItem['reason']>
export type SheetState = ToldItem['state']
export type Settlement = Omit<VariablesOf<typeof SettleCount>['input'], 'requestId' | 'stocktakeId' | 'skuId'>

export interface Counter {
  personId: string | null
  name: string
  lastAt: string
}

export interface Session {
  id: string
  storeId: string
  scope: Scope
  status: Told['status']
  startedAt: string
  startedBy: string
  people: Counter[]
  /** Begun on this device, and the server has not heard of it. */
  unsent: boolean
}

export interface SheetRow {
  skuId: string
  name: string
  nameEn: string
  unit: string
  state: SheetState
  round: number
  figures: { who: string; personId: string | null; shelfId: string | null; units: number }[]
  /** The book and all that betrays it is null to who counts blind. */
  counted: number | null
  book: number | null
  difference: number | null
  value: number | null
  unsure: number | null
  /** What somebody said of it, where that was needed. */
  decision: ToldItem['decision']
  reason: Reason | null
}

export interface Sheet {
  session: Session
  rows: SheetRow[]
  unknown: number
  /** Whether the reader is kept from the book while it runs. */
  blind: boolean
}

export interface Shrunk {
  skuId: string
  name: string
  nameEn: string
  unit: string
  units: number
  fen: number
}

export interface Result {
  session: Session
  right: number
  all: number
  differenceFen: number
  /** Whether its money is at cost, or else at price. */
  atCost: boolean
  minutesPerHundred: number | null
  minutes: number
  people: number
  shrinkage: Shrunk[]
  surplus: Shrunk[]
}

const SENT_WITHIN_MS = 8_000
const DAY_MS = 86_400_000
const told = shallowRef<readonly Session[]>([])
const noteOf = (storeId: string): string => `count sessions ${storeId}`

/** What this device began or ended and what the server has not told yet comes on top of what it told last. */
export const openSessions = computed<Session[]>(() => {
  const ended = new Set(operations.value.flatMap(({ deed, state }) =>
    (deed.kind === 'stocktake-confirm' || deed.kind === 'stocktake-cancel') && (state === 'waiting' || state === 'accepted') ? [deed.input.stocktakeId] : []))
  const known = new Set(told.value.map(({ id }) => id))
  const own = operations.value.flatMap((operation) => sessionBegun(operation)).filter(({ id }) => !known.has(id))
  return [...own, ...told.value].filter(({ id, storeId }) => storeId === myStore.value?.id && !ended.has(id))
})

function sessionBegun({ deed, state, at, actorName }: Operation): Session[] {
  if (deed.kind !== 'stocktake-start' || (state !== 'waiting' && state !== 'accepted')) return []
  if (clock.now() - at > DAY_MS) return []
  const { id, storeId, scope } = deed.input
  const ids = scope.shelfIds ?? scope.categoryIds ?? scope.skuIds ?? []
  const startedAt = new Date(at).toISOString()
  const said = { kind: scope.kind, zone: scope.zone ?? null, ids: [...ids] }
  return [{ id, storeId, scope: said, status: 'OPEN', startedAt, startedBy: actorName ?? '', people: [], unsent: state === 'waiting' }]
}

/** Without a network: those that were told last. */
export async function readSessions(storeId: string): Promise<void> {
  if (!told.value.some((session) => session.storeId === storeId)) told.value = (await readNote<Session[]>(noteOf(storeId))) ?? []
  try {
    told.value = (await ask(SessionsQuery, { storeId })).stocktakes.edges.map(({ node }) => sessionOf(node))
    await writeNote(noteOf(storeId), told.value)
  } catch (error) {
    if (!isAway(error)) throw error
  }
}

function sessionOf({ id, storeId, scope, status, startedAt, startedBy, counters }: Told): Session {
  return { id, storeId, scope, status, startedAt, startedBy, people: counters, unsent: false }
}

export interface StartScope {
  kind: Scope['kind']
  zone?: string
  shelfIds?: string[]
  categoryIds?: string[]
  skuIds?: string[]
}

export const beginStocktake = (scope: StartScope): Promise<Operation> => startStocktake(scope)

// ------------------------------------------------------------ how far it is

const seen = shallowRef<ReadonlyMap<string, { version: number; lines: readonly Seen[] }>>(new Map())

/** Read on from what is known. What this device counted itself need not come back to be seen. */
export async function readProgress(id: string): Promise<void> {
  let known = seen.value.get(id) ?? { version: 0, lines: [] }
  for (let more = true; more; ) {
    const { stocktake } = await ask(SeenQuery, { id, after: known.version })
    if (!stocktake) return
    const { lines, hasMore } = stocktake.lines
    known = { version: lines.at(-1)?.version ?? known.version, lines: [...known.lines, ...lines] }
    more = hasMore
  }
  seen.value = new Map([...seen.value, [id, known]])
}

/**
 * How far what runs is, for who does not count just now: what this device wrote down, then what colleagues sent. Of a
 * whole store or a zone that would be thousands of lines: they are read by who counts there.
 */
export async function recallProgress(): Promise<void> {
  for (const { id } of openSessions.value) await recallLines(id)
  const short = openSessions.value.filter(({ scope, unsent }) => !unsent && (scope.kind === 'SKUS' || scope.kind === 'SHELVES'))
  for (const { id } of short) await readProgress(id)
}

/** Whether what `progressIn` says is all that is known; else it is what this device counted alone. */
export const isProgressKnown = ({ id, unsent }: Session): boolean => unsent || seen.value.has(id)

/** How far it is, of what this device knows: its shop, what others told the server, and what was counted here. */
export function progressIn({ id, scope }: Session): Progress {
  return progressOf(scope, shop.value, linesIn(id))
}

/** How many kinds of goods anybody has counted in it, of its scope or not; a sheet that is read blind does not say. */
export const goodsCountedIn = (id: string): number => new Set(linesIn(id).flatMap(({ skuId }) => skuId ?? [])).size

function linesIn(id: string): Seen[] {
  return [...(seen.value.get(id)?.lines ?? []), ...stocktakeLines.value.filter(({ stocktakeId }) => stocktakeId === id)]
}

export type Due = ResultOf<typeof ProposalsQuery>['countProposals']

const due = shallowRef<{ storeId: string; told: Due }>()

/** What is worth counting today, as the server proposed it; without a network as it did last. */
export const dueToday = computed<Due>(() => dueHere.value ?? { minutes: 0, items: [] })
/** Whether the server has ever said what is due here. */
export const dueKnown = computed(() => dueHere.value !== undefined)
/** Whether everything that was proposed is counted: not before the server has said so of this store. */
export const nothingDue = computed(() => dueHere.value?.items.length === 0)
const dueHere = computed(() => (due.value?.storeId === myStore.value?.id ? due.value?.told : undefined))

export async function readDue(storeId: string): Promise<void> {
  const note = `count due ${storeId}`
  try {
    const told = (await ask(ProposalsQuery, { storeId })).countProposals
    due.value = { storeId, told }
    await writeNote(note, told)
  } catch (error) {
    if (!isAway(error)) throw error
    const told = await readNote<Due>(note)
    if (told) due.value = { storeId, told }
  }
}

// ------------------------------------------------------------ the second look

/**
 * Ask which counts need another: the rule is the server's, so that a phone that counts blind never holds the book.
 * The round that answers, by SKU; undefined when the stocktake is over, and then its sheet says so.
 */
export async function askForRecounts(stocktakeId: string, skuIds?: string[]): Promise<Map<string, number> | undefined> {
  const input = { requestId: uuidv7(), stocktakeId, ...(skuIds && { skuIds }) }
  const { askRecount } = await ask(AskRecount, { input }, me.value?.id)
  return match(askRecount, {
    AskRecountSuccess: ({ rounds }): Map<string, number> | undefined => new Map(rounds.map(({ skuId, round }) => [skuId, round])),
    StocktakeClosed: () => undefined,
    InvalidInput: refuse,
    NotFound: refuse,
    NotPermitted: refuse,
    RequestIdConflict: refuse,
  })
}

function refuse({ code, message, messageZh }: { code: string; message: string; messageZh: string }): never {
  throw new Refused(code, message, messageZh)
}

export async function readSheet(id: string): Promise<Sheet> {
  const rows: SheetRow[] = []
  let after: string | null = null
  for (;;) {
    const { stocktake }: ResultOf<typeof SheetQuery> = await ask(SheetQuery, { id, after })
    if (!stocktake) throw new Refused('NOT_FOUND', 'There is no such stocktake.', '没有这次盘点。')
    const names = new Map(stocktake.counters.map(({ personId, name }) => [personId, name]))
    rows.push(...stocktake.items.edges.map(({ node }) => rowOf(node, names)))
    after = stocktake.items.pageInfo.hasNextPage ? stocktake.items.pageInfo.endCursor : null
    if (after === null) {
      const blind = stocktake.blind && !(me.value?.permissions.includes('count:confirm') ?? false)
      return { session: sessionOf(stocktake), rows, unknown: stocktake.unknownCount, blind }
    }
  }
}

function rowOf({ sku, figures, ...row }: ToldItem, names: ReadonlyMap<string | null, string>): SheetRow {
  const { id, name, nameEn, unit } = sku
  return { ...row, skuId: id, name, nameEn, unit, figures: figures.map((figure) => ({ ...figure, who: names.get(figure.personId) ?? '' })) }
}

export function settle(stocktakeId: string, row: Pick<SheetRow, 'skuId' | 'name' | 'nameEn' | 'unit' | 'counted'>, what: Settlement): Promise<Operation> {
  const { skuId, name, nameEn, unit } = row
  return settleCount({ skuId, name, nameEn, unit, quantity: row.counted ?? 0 }, { stocktakeId, ...what })
}

export const closeStocktake = (stocktakeId: string, how: { notSeen: 'ZERO' | 'LEAVE_OUT'; partial: boolean }): Promise<Operation> =>
  confirmStocktake({ stocktakeId, ...how })

export const cancelStocktake = (stocktakeId: string): Promise<Operation> => recordCancel(stocktakeId)

// ------------------------------------------------------------ the end

export async function readResult(id: string): Promise<Result> {
  const { stocktake } = await ask(ResultQuery, { id })
  if (!stocktake?.result) throw new Refused('NOT_FOUND', 'There is no result yet.', '还没有结果。')
  const { linesRight, differenceValue, atCost, minutesPerHundred, shrinkage, surplus } = stocktake.result
  return {
    session: sessionOf(stocktake),
    right: linesRight.numerator,
    all: linesRight.denominator,
    differenceFen: differenceValue,
    atCost,
    minutesPerHundred: minutesPerHundred.value,
    minutes: Math.max(1, Math.round(minutesPerHundred.numerator / 100)),
    people: stocktake.counters.length,
    shrinkage: shrinkage.map(shrunk),
    surplus: surplus.map(shrunk),
  }
}

type ToldShrunk = NonNullable<NonNullable<ResultOf<typeof ResultQuery>['stocktake']>['result']>['shrinkage'][number]
const shrunk = ({ sku: { id, name, nameEn, unit }, units, value }: ToldShrunk): Shrunk => ({ skuId: id, name, nameEn, unit, units, fen: value })

// ------------------------------------------------------------ waiting for the server

/** What became of a deed, if the server says so while she waits. */
export async function fateOf(operation: Operation): Promise<Fate | undefined> {
  const find = (): Operation | undefined => operations.value.find(({ requestId }) => requestId === operation.requestId)
  await within(() => (find()?.state ?? 'waiting') !== 'waiting')
  return find()?.fate
}

/** Whether something that this person did in a stocktake has not reached the server; the sheet would be wrong. */
export function linesWait(stocktakeId: string): boolean {
  return operations.value.some(({ deed, state }) =>
    state === 'waiting' && 'stocktakeId' in deed.input && deed.input.stocktakeId === stocktakeId)
}

export const linesSent = (stocktakeId: string): Promise<boolean> => within(() => !linesWait(stocktakeId))

async function within(done: () => boolean): Promise<boolean> {
  const until = performance.now() + SENT_WITHIN_MS
  while (!done() && performance.now() < until) await new Promise((wake) => setTimeout(wake, 50))
  return done()
}

function isAway(error: unknown): boolean {
  return error instanceof Unreachable || error instanceof ServerBusy
}
