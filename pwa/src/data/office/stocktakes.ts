/** What a manager sees of counting: who counts now, how exact the counts are, and what goes missing. */
import { clock } from '../clock.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { ask } from '../transport.ts'

const LiveQuery = graphql(`
  query CountsLive($storeId: UUID!) {
    stocktakes(storeId: $storeId, first: 20, status: OPEN) {
      edges { node { id storeId scope { kind zone ids } status version startedAt startedBy lineCount unknownCount counters { personId name lines lastAt } } }
    }
  }
`)

const WaitingQuery = graphql(`
  query CountWaiting($id: UUID!) {
    stocktake(id: $id) { states { state count } }
  }
`)

const FiguresQuery = graphql(`
  query CountsFigures($from: DateTime!, $to: DateTime!) {
    countFigures(from: $from, to: $to) {
      storeId
      stocktakes
      discrepancy { numerator denominator value }
      countError { numerator denominator value }
      minutesPerPerson { numerator denominator value }
      minutesPerHundred { value }
    }
  }
`)

const ShrinkageQuery = graphql(`
  query CountsShrinkage($storeId: UUID!) {
    stocktakes(storeId: $storeId, first: 10, status: CONFIRMED) {
      edges { node { id result { atCost shrinkage { sku { id name nameEn unit } units value } } } }
    }
  }
`)

type TheCount = ResultOf<typeof LiveQuery>['stocktakes']['edges'][number]['node']
/** `waits`: how many things were found again, differ by much, and wait for whoever may confirm. */
export type LiveCount = TheCount & { waits: number }
export type StoreFigures = ResultOf<typeof FiguresQuery>['countFigures'][number]

/** What money is worth by: who may not read costs sees prices, and who reads them in some stores only sees both. */
export type Basis = 'cost' | 'price' | 'both'

export interface Missing {
  skuId: string
  name: string
  nameEn: string
  unit: string
  units: number
  fen: number
  basis: Basis
}

const MOST_STORES = 40
/** A stocktake's result is work for the server: it admits so many of a store's at once, and no more than this of them. */
const STORES_AT_ONCE = 4
const TOP = 10
const DAY_MS = 86_400_000

/** Of the first forty stores: whoever has more looks at one at a time. */
export async function countsNow(storeIds: readonly string[]): Promise<LiveCount[]> {
  const answers = await Promise.all(storeIds.slice(0, MOST_STORES).map((storeId) => ask(LiveQuery, { storeId })))
  const found: LiveCount[] = []
  // One after another: each is a whole sheet for the server.
  for (const { node } of answers.flatMap(({ stocktakes }) => stocktakes.edges)) found.push({ ...node, waits: await waitsIn(node) })
  return found
}

const waiting = new Map<string, { version: number; waits: number }>()

/** A stocktake that nobody has touched since it was asked about is not worked out again. */
async function waitsIn({ id, version, lineCount }: TheCount): Promise<number> {
  const known = waiting.get(id)
  if (known?.version === version) return known.waits
  if (lineCount === 0) return 0
  const { stocktake } = await ask(WaitingQuery, { id })
  const waits = stocktake?.states.find(({ state }) => state === 'SECOND_PERSON')?.count ?? 0
  waiting.set(id, { version, waits })
  return waits
}

export async function figuresOf(days: number): Promise<StoreFigures[]> {
  const now = clock.now()
  const answer = await ask(FiguresQuery, { from: new Date(now - days * DAY_MS).toISOString(), to: new Date(now).toISOString() })
  return answer.countFigures
}

/** What the newest ten stocktakes of each store found missing, together, the dearest first. */
export async function missingMost(storeIds: readonly string[]): Promise<Missing[]> {
  const chosen = storeIds.slice(0, MOST_STORES)
  const answers: ResultOf<typeof ShrinkageQuery>[] = []
  for (let start = 0; start < chosen.length; start += STORES_AT_ONCE) {
    answers.push(...(await Promise.all(chosen.slice(start, start + STORES_AT_ONCE).map((storeId) => ask(ShrinkageQuery, { storeId })))))
  }
  const found = answers.flatMap(({ stocktakes }) => stocktakes.edges.flatMap(({ node: { result } }) => result?.shrinkage.map((lost) => ({ ...lost, basis: result.atCost ? 'cost' : 'price' } as const)) ?? []))
  const sums = new Map<string, Missing>()
  for (const { sku, units, value, basis } of found) {
    const known = sums.get(sku.id)
    sums.set(sku.id, { skuId: sku.id, name: sku.name, nameEn: sku.nameEn, unit: sku.unit, units: (known?.units ?? 0) + units, fen: (known?.fen ?? 0) + value, basis: known ? either(known.basis, basis) : basis })
  }
  return [...sums.values()].sort((a, b) => b.fen - a.fen).slice(0, TOP)
}

/** What several sums are worth by. */
export const either = (one: Basis, other: Basis): Basis => (one === other ? one : 'both')

export interface Together {
  countError: number | null
  discrepancy: number | null
  minutesPerPerson: number | null
}

/** Of several stores the sums are divided, not the shares averaged: a store that counted once weighs as little as it counted. */
export function together(figures: readonly StoreFigures[]): Together {
  const share = (of: 'countError' | 'discrepancy' | 'minutesPerPerson'): number | null => {
    const all = figures.reduce((sum, each) => sum + each[of].denominator, 0)
    return all ? figures.reduce((sum, each) => sum + each[of].numerator, 0) / all : null
  }
  return { countError: share('countError'), discrepancy: share('discrepancy'), minutesPerPerson: share('minutesPerPerson') }
}
