/** The manager's figures: absolute cells as they change, and totals asked again at most every few seconds. */
import { reactive, shallowReactive, shallowRef, type Reactive, type ShallowRef } from 'vue'
import { HeatChanges, StoreSummaryQuery, SummariesQuery } from './documents/manager.ts'
import { StockChanges } from './documents/stock.ts'
import type { ResultOf } from './graphql.ts'
import type { Level } from './levels.ts'
import { follow } from './live.ts'
import { match } from './match.ts'
import { ask } from './transport.ts'

export type HeatCell = ResultOf<typeof HeatChanges>['heatChanges']['cells'][number]
export type Summaries = ResultOf<typeof SummariesQuery>
export type StoreSummary = Summaries['storeSummaries'][number]
export type Hourly = StoreSummary['hourly'][number]

const QUIET_MS = 5_000

export interface HeatFeed {
  cells: Map<string, HeatCell>
  status: Reactive<{ loaded: boolean; refused: string; asOf: string }>
  stop: () => void
}

/** `changed` hears of the cells that really differ, but not of the first, full picture. */
export function followHeat(changed: (cells: HeatCell[]) => void): HeatFeed {
  const cells = shallowReactive(new Map<string, HeatCell>())
  const status = reactive({ loaded: false, refused: '', asOf: '' })
  const stop = follow({
    document: HeatChanges,
    variables: () => ({}),
    item: ({ heatChanges }) => {
      const differing = heatChanges.cells.filter((cell) => !sameCell(cells.get(cellKey(cell)), cell))
      for (const cell of differing) cells.set(cellKey(cell), cell)
      const first = !status.loaded
      Object.assign(status, { loaded: true, refused: '', asOf: heatChanges.asOf })
      if (!first && differing.length > 0) changed(differing)
    },
    refused: (message) => (status.refused = message),
  })
  return { cells, status, stop }
}

export function cellKey(cell: { storeId: string; categoryId: string }): string {
  return `${cell.storeId}|${cell.categoryId}`
}

function sameCell(one: HeatCell | undefined, other: HeatCell): boolean {
  if (!one) return false
  return (Object.keys(other) as (keyof HeatCell)[]).every((key) => one[key] === other[key])
}

export interface SummaryFeed {
  latest: ShallowRef<Summaries | undefined>
  failed: ShallowRef<boolean>
  /** Something changed: ask again soon, at most every five seconds. */
  nudge: () => void
  stop: () => void
}

export function followSummaries(): SummaryFeed {
  const latest = shallowRef<Summaries>()
  const failed = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let askedAt = 0

  const fetchNow = async (): Promise<void> => {
    timer = undefined
    askedAt = Date.now()
    try {
      latest.value = await ask(SummariesQuery, {})
      failed.value = false
    } catch {
      failed.value = true
    }
  }
  const nudge = (): void => {
    timer ??= setTimeout(() => void fetchNow(), Math.max(0, askedAt + QUIET_MS - Date.now()))
  }
  nudge()
  return { latest, failed, nudge, stop: () => clearTimeout(timer) }
}

export async function storeSummary(storeId: string): Promise<StoreSummary | undefined> {
  return (await ask(StoreSummaryQuery, { storeIds: [storeId] })).storeSummaries[0]
}

/** Items as they fall below their safety stock anywhere that she may see; silent about those already there. */
export function followShortages(fell: (level: Level) => void): () => void {
  const low = new Set<string>()
  let cursor: string | null = null
  const learn = (level: Level, announce: boolean): void => {
    const key = `${level.storeId}|${level.skuId}`
    if (!level.belowSafety) return void low.delete(key)
    if (announce && !low.has(key)) fell(level)
    low.add(key)
  }
  const listen = (): (() => void) =>
    follow({
      document: StockChanges,
      variables: () => ({ after: cursor, filter: { belowSafety: true } }),
      item: ({ stockChanges }) =>
        match(stockChanges, {
          StockSnapshot: (snapshot) => {
            low.clear()
            for (const level of snapshot.levels) learn(level, false)
            cursor = snapshot.cursor
          },
          StockChanged: (changed) => {
            for (const level of changed.changes) learn(level, true)
            cursor = changed.cursor
          },
          ResyncRequired: () => {
            cursor = null
            stop()
            stop = listen()
          },
        }),
    })
  let stop = listen()
  return () => stop()
}
