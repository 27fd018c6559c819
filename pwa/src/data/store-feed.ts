/**
 * One store's stock, followed live: a grid first, then every change after its cursor.
 *
 * After a break the feed resumes with the last cursor; when the server cannot
 * bridge the gap it says so and the grid is fetched again and replaces what was known. With `keep`, levels and
 * cursor are written in one transaction, so a reopened app resumes without a gap too.
 */
import { reactive, type Reactive } from 'vue'
import { foundDamaged, keptDataIsFrom } from './connection.ts'
import { blockOf } from './blocks.ts'
import { notTakenOver, readingsEra, readLevels, readNote, STOCK_NOTE, writeReadings } from './database.ts'
import { StockChanges, StockGridQuery } from './documents/stock.ts'
import type { ResultOf } from './graphql.ts'
import { Levels, levelsOfGrid, type Level } from './levels.ts'
import { follow } from './live.ts'
import { match } from './match.ts'
import { ask } from './transport.ts'

type FeedItem = ResultOf<typeof StockChanges>['stockChanges']

export interface StoreFeed {
  storeId: string
  levels: Levels
  status: Reactive<{ loaded: boolean; failed: boolean }>
  retry: () => void
  stop: () => void
}

interface Kept {
  storeId: string
  cursor: string
  at: number
}

const RETRY_MS = 5_000
/** Many devices are told at once; they need not all ask at once. */
const RESTART_SPREAD_MS = 1_000

export interface FollowOptions {
  /** Keep a copy on the device. */
  keep: boolean
  /** Told of the levels as they change. */
  changed?: (levels: Level[]) => void
}

export function followStore(storeId: string, options: FollowOptions): StoreFeed {
  return new Follower(storeId, options)
}

class Follower implements StoreFeed {
  readonly levels = new Levels()
  readonly status = reactive({ loaded: false, failed: false })
  private cursor: string | null = null
  private stopped = false
  private unfollow: (() => void) | undefined
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly unwritten = new Set<number>()
  private rewriteAll = false
  /** When what is written on this device of it began to be. */
  private era = readingsEra()
  private writing: Promise<void> | undefined

  constructor(
    readonly storeId: string,
    private readonly options: FollowOptions,
  ) {
    void this.open()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    this.unfollow?.()
  }

  retry(): void {
    clearTimeout(this.timer)
    void this.fetchGrid()
  }

  private async open(): Promise<void> {
    // A storage that fails is no reason to show nothing: the server knows it all.
    if (this.options.keep) await this.readKept().catch((error: unknown) => console.error(error))
    if (this.cursor === null) await this.fetchGrid()
    else this.listen()
  }

  private async readKept(): Promise<void> {
    const kept = await readNote<Kept>(STOCK_NOTE)
    if (notTakenOver.delete('stock')) foundDamaged('stock', true)
    if (kept?.storeId !== this.storeId) return
    const { things, whole } = await readLevels(this.storeId)
    this.levels.apply(things)
    foundDamaged('stock', !whole)
    // With a hole in it there is nothing to go on from: the whole comes again.
    if (whole) this.cursor = kept.cursor
    this.status.loaded = true
    keptDataIsFrom(kept.at)
  }

  private async fetchGrid(): Promise<void> {
    try {
      const { stockGrid } = await ask(StockGridQuery, { filter: { storeIds: [this.storeId] } })
      if (this.stopped) return
      // A change that still came by the old way would move the cursor past what the grid has not seen.
      this.unfollow?.()
      this.unfollow = undefined
      this.cursor = stockGrid.cursor
      const levels = levelsOfGrid(stockGrid)
      this.levels.replace(this.storeId, levels)
      Object.assign(this.status, { loaded: true, failed: false })
      foundDamaged('stock', false)
      await this.remember(levels, { replace: true })
      this.listen()
    } catch {
      this.status.failed = !this.status.loaded
      if (!this.stopped) this.timer = setTimeout(() => void this.fetchGrid(), RETRY_MS)
    }
  }

  private listen(): void {
    if (this.stopped) return
    this.unfollow?.()
    this.unfollow = follow({
      document: StockChanges,
      variables: () => ({ after: this.cursor, filter: { storeIds: [this.storeId] } }),
      item: ({ stockChanges }) => this.receive(stockChanges),
      refused: () => this.startOver(),
    })
  }

  private receive(item: FeedItem): void {
    match(item, {
      StockSnapshot: ({ cursor, levels }) => this.takeAll(cursor, levels),
      StockChanged: ({ cursor, changes }) => this.take(cursor, changes),
      ResyncRequired: () => this.startOver(),
    })
  }

  /** The server cannot go on from our cursor: it bridges too long a time, or belongs to another database. */
  private startOver(): void {
    this.unfollow?.()
    this.unfollow = undefined
    this.cursor = null
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.fetchGrid(), Math.random() * RESTART_SPREAD_MS)
  }

  private takeAll(cursor: string, levels: Level[]): void {
    this.cursor = cursor
    this.levels.replace(this.storeId, levels)
    void this.remember(levels, { replace: true })
    this.options.changed?.(levels)
  }

  private take(cursor: string, levels: Level[]): void {
    this.cursor = cursor
    const taken = this.levels.apply(levels)
    void this.remember(taken)
    this.options.changed?.(taken)
  }

  private async remember(levels: Level[], { replace = false } = {}): Promise<void> {
    if (!this.options.keep || this.cursor === null) return
    for (const { skuId } of levels) this.unwritten.add(blockOf(skuId))
    this.rewriteAll ||= replace
    this.writing ??= this.write().finally(() => (this.writing = undefined))
    await this.writing.catch(() => (this.rewriteAll = true))
  }

  /** One writing after another, each with what is known when it begins. */
  private async write(): Promise<void> {
    while ((this.unwritten.size || this.rewriteAll) && this.cursor !== null && !this.stopped) {
      if (this.era !== readingsEra()) this.rewriteAll = true
      this.era = readingsEra()
      const only = this.rewriteAll ? undefined : new Set(this.unwritten)
      this.unwritten.clear()
      this.rewriteAll = false
      const { storeId } = this
      await writeReadings({
        in: { store: 'levels', storeId },
        things: [...this.levels.known.values()].filter((level) => level.storeId === storeId),
        idOf: ({ skuId }) => skuId,
        ...(only && { only }),
        note: { key: STOCK_NOTE, value: { storeId, cursor: this.cursor, at: Date.now() } satisfies Kept },
        begun: this.era,
      })
    }
  }
}
