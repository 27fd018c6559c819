/** What the manager's screen shows: her stores, the chosen question, and every live figure, in one place. */
import { computed, onBeforeUnmount, reactive, ref, shallowReactive, shallowRef, watch, type ComputedRef } from 'vue'
import { categories as askCategories, type Category } from '@/data/catalogue.ts'
import { cellKey, followHeat, followShortages, followSummaries, type HeatCell, type Hourly, type StoreSummary } from '@/data/heat.ts'
import type { Level } from '@/data/levels.ts'
import { myStores, type Store } from '@/data/session.ts'
import { total, worstFirst, type Measure, type Tally } from './measures.ts'

const GLOW_MS = 1_800
const REORDER_MS = 10_000
const TICKER = 30

export interface Row {
  store: Store
  all: Tally
  /** In the order of the board's categories; undefined where the store has nothing of one. */
  cells: (HeatCell | undefined)[]
}

export interface Fallen {
  level: Level
  at: number
}

export interface Totals {
  salesTodayFen: number
  basketsToday: number
  unitsToday: number
  outCount: number
  belowSafetyCount: number
  negativeCount: number
  hourly: Hourly[]
}

// The board's shape is inferred: it is one object made in one place.
export function useBoard() {
  const choice = reactive<{ measure: Measure; regionId: string; categoryId: string }>({
    measure: 'availability',
    regionId: '',
    categoryId: '',
  })
  const categories = shallowRef<Category[]>([])
  const glowing = shallowReactive(new Set<string>())
  const fallen = ref<Fallen[]>([])
  const summaries = followSummaries()
  const heat = followHeat((cells) => {
    glow(glowing, cells)
    summaries.nudge()
  })
  const stopShortages = followShortages((level) => {
    fallen.value = [{ level, at: Date.now() }, ...fallen.value].slice(0, TICKER)
  })
  void loadCategories()

  async function loadCategories(): Promise<void> {
    const known = await askCategories().catch(() => [])
    const used = new Set([...heat.cells.values()].map(({ categoryId }) => categoryId))
    categories.value = known.filter(({ id, parentId }) => parentId === null || used.has(id))
  }

  const shops = computed(() => myStores.value.filter(({ kind }) => kind === 'SHOP'))
  const regions = computed(() => regionsOf(shops.value))
  const inView = computed(() => shops.value.filter(({ region }) => choice.regionId === '' || region.id === choice.regionId))
  const shownCategories = computed(() =>
    categories.value.filter(({ id }) => (choice.categoryId === '' || id === choice.categoryId)))
  const rows = computed<Row[]>(() => inView.value.map((store) => rowOf(store, shownCategories.value, heat.cells)))
  const { ordered, stop: stopOrdering } = calmOrder(rows, choice)
  const totals = computed(() => totalsOf(summaries.latest.value?.storeSummaries ?? [], inView.value))

  onBeforeUnmount(() => {
    heat.stop()
    summaries.stop()
    stopShortages()
    stopOrdering()
  })

  return {
    choice, regions, categories, shownCategories, rows, ordered, totals, glowing, fallen,
    summaries: computed(() => new Map(summaries.latest.value?.storeSummaries.map((one) => [one.store.id, one]))),
    chain: computed(() => summaries.latest.value?.chainSummary),
    failed: summaries.failed,
    status: heat.status,
    refresh: summaries.nudge,
  }
}

export type Board = ReturnType<typeof useBoard>

function rowOf(store: Store, categories: Category[], cells: Map<string, HeatCell>): Row {
  const own = categories.map(({ id }) => cells.get(cellKey({ storeId: store.id, categoryId: id })))
  return { store, cells: own, all: total(own.filter((cell) => cell !== undefined)) }
}

function glow(glowing: Set<string>, cells: HeatCell[]): void {
  for (const cell of cells) {
    for (const key of [cellKey(cell), cell.storeId]) {
      glowing.delete(key)
      glowing.add(key)
      setTimeout(() => glowing.delete(key), GLOW_MS)
    }
  }
}

/** Worst first, but a list that is being read does not jump: it is sorted anew when the question changes or after a while. */
function calmOrder(rows: ComputedRef<Row[]>, choice: { measure: Measure }): { ordered: ComputedRef<Row[]>; stop: () => void } {
  const order = shallowRef<string[]>([])
  const sort = (): void => {
    order.value = rows.value.toSorted((one, other) => worstFirst(choice.measure, one.all, other.all)).map(({ store }) => store.id)
  }
  watch([(): string => choice.measure, (): number => rows.value.length, (): boolean => rows.value.some(({ all }) => all.skuCount > 0)], sort, { immediate: true })
  const timer = setInterval(sort, REORDER_MS)
  const ordered = computed(() => {
    const byId = new Map(rows.value.map((row) => [row.store.id, row]))
    return order.value.flatMap((id) => byId.get(id) ?? [])
  })
  return { ordered, stop: () => clearInterval(timer) }
}

function regionsOf(stores: Store[]): Store['region'][] {
  return [...new Map(stores.map(({ region }) => [region.id, region])).values()]
}

function totalsOf(summaries: StoreSummary[], stores: Store[]): Totals {
  const wanted = new Set(stores.map(({ id }) => id))
  const sum: Totals = { salesTodayFen: 0, basketsToday: 0, unitsToday: 0, outCount: 0, belowSafetyCount: 0, negativeCount: 0, hourly: [] }
  const hours = new Map<string, Hourly>()
  for (const summary of summaries) {
    if (!wanted.has(summary.store.id)) continue
    for (const key of ['salesTodayFen', 'basketsToday', 'unitsToday', 'outCount', 'belowSafetyCount', 'negativeCount'] as const) sum[key] += summary[key]
    for (const hour of summary.hourly) hours.set(hour.hour, added(hours.get(hour.hour), hour))
  }
  sum.hourly = [...hours.values()].toSorted((one, other) => one.hour.localeCompare(other.hour))
  return sum
}

function added(sum: Hourly | undefined, hour: Hourly): Hourly {
  if (!sum) return hour
  return { hour: hour.hour, units: sum.units + hour.units, amount: sum.amount + hour.amount, baskets: sum.baskets + hour.baskets }
}
