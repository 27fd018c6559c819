/** The catalogue with the own store's prices, kept on the device so that a look-up never waits for the network. */
import { shallowRef } from 'vue'
import { blockOf } from './blocks.ts'
import { itemOf, searchItems, type CatalogueItem, type Scanned } from './catalogue-item.ts'
import { merge, NO_PARTS, partsOf } from './catalogue-parts.ts'
import { foundDamaged } from './connection.ts'
import { CATALOGUE_NOTE, CATEGORIES_NOTE, notTakenOver, readingsEra, readItems, readNote, writeNote, writeReadings } from './database.ts'
import { CatalogueChanges, CategoriesQuery, InStorePatterns, SkuByCode, SkuPage } from './documents/stock.ts'
import type { ResultOf } from './graphql.ts'
import { readWeighed, unitsOf, type InStorePattern } from './in-store-codes.ts'
import { ask, Unreachable, ServerTrouble } from './transport.ts'

export type { CatalogueItem, Scanned } from './catalogue-item.ts'
export type Category = ResultOf<typeof CategoriesQuery>['categories'][number]

/** Beyond this a phone asks the server instead of keeping everything. */
const MOST_ITEMS = 20_000
/** Asking what changed is cheap where little did. */
const FRESH_MS = 10 * 60_000

interface Kept {
  storeId: string
  at: number
  /** How the chain's scales write a weight or a price into their codes. */
  patterns?: InStorePattern[]
  /** What this device knows of each part of the server's catalogue; none where an older app read it whole. */
  digests?: string[]
}

export const catalogue = shallowRef<ReadonlyMap<string, CatalogueItem>>(new Map())
let patterns: readonly InStorePattern[] = []
/** Whoever scans while the app opens is told what this phone knows, not that nobody does. */
let readKept: () => void = () => {}
const keptRead = new Promise<void>((read) => (readKept = read))
let current: { storeId: string; done: Promise<void> } | undefined

/** Read what is kept, and bring it up to date when it is old or of another store. Without a store nothing is kept. */
export async function openCatalogue(storeId: string | undefined): Promise<void> {
  const isFresh = await showKept(storeId).finally(readKept)
  if (storeId !== undefined && !isFresh) await refreshCatalogue(storeId)
}

async function showKept(storeId: string | undefined): Promise<boolean> {
  if (storeId === undefined) return false
  const kept = await readNote<Kept>(CATALOGUE_NOTE)
  if (kept?.storeId !== storeId) {
    if (notTakenOver.delete('goods')) foundDamaged('goods', true)
    return false
  }
  patterns = kept.patterns ?? []
  const { things, whole } = await readItems()
  foundDamaged('goods', !whole)
  show(things)
  // Of a clock that was wrong when it was kept, nobody knows how old it is.
  return whole && Math.abs(Date.now() - kept.at) < FRESH_MS
}

export function refreshCatalogue(storeId: string): Promise<void> {
  if (current?.storeId !== storeId) {
    const done = fetchCatalogue(storeId).finally(() => (current = undefined))
    current = { storeId, done }
  }
  return current.done
}

/** Ask for what changed, a part at a time, and keep each part as it comes: a break costs one part, not all. */
async function fetchCatalogue(storeId: string): Promise<void> {
  const begun = readingsEra()
  const scales = (await ask(InStorePatterns, {})).inStorePatterns
  patterns = scales
  const kept = await readNote<Kept>(CATALOGUE_NOTE)
  let parts = kept?.storeId === storeId ? partsOf(kept, await readItems()) : NO_PARTS
  let keeps = true
  const isNew = parts === NO_PARTS
  for (let first = true, complete = false; !complete && parts.items.size < MOST_ITEMS; first = false) {
    const { catalogueChanges } = await ask(CatalogueChanges, { storeId, known: parts.digests })
    const { parts: merged, touched } = merge(parts, catalogueChanges.blocks)
    complete = catalogueChanges.complete
    parts = merged
    if (isNew && !complete) show([...parts.items.values()])
    const note = { key: CATALOGUE_NOTE, value: { storeId, at: Date.now(), patterns: scales, digests: parts.digests } satisfies Kept }
    const only = isNew && first ? undefined : new Set([...touched].map(blockOf))
    // A full device shows what came all the same; and keeps no part whose forerunner it does not have.
    keeps &&= await writeReadings({ in: { store: 'items' }, things: [...parts.items.values()], idOf: ({ id }) => id, ...(only && { only }), note, begun }).then(
      () => true,
      () => false,
    )
  }
  foundDamaged('goods', false)
  show([...parts.items.values()])
}

/** What a scanned or typed code stands for; null when nobody knows it, or nobody can be asked. */
export async function resolveCode(code: string, storeId: string): Promise<Scanned | null> {
  await keptRead
  const known = knownCode(code)
  if (known) return known
  try {
    const { skuByCode } = await ask(SkuByCode, { code, storeId })
    if (!skuByCode) return null
    const item = itemOf(skuByCode.sku)
    show([...catalogue.value.values(), item])
    return { item, packUnits: skuByCode.packUnits }
  } catch (error) {
    if (error instanceof Unreachable || error instanceof ServerTrouble) return null
    throw error
  }
}

export function knownCode(code: string): Scanned | null {
  const weighed = readWeighed(code, patterns)
  const wanted = weighed?.base ?? code
  for (const item of catalogue.value.values()) {
    const gtin = item.gtins.find((known) => known.gtin === wanted)
    if (gtin && weighed) {
      const units = unitsOf(weighed, gtin.packUnits, item.priceFen)
      return units === null ? null : { item, packUnits: units }
    }
    if (gtin) return { item, packUnits: gtin.packUnits }
    if (item.code.toLowerCase() === code.toLowerCase()) return { item, packUnits: 1 }
  }
  return null
}

export function searchCatalogue(text: string): CatalogueItem[] {
  return searchItems(catalogue.value.values(), text)
}

/** For what this device does not keep: a catalogue too large for it, or an item made a minute ago. */
export async function searchServer(text: string, storeId: string): Promise<CatalogueItem[]> {
  const { skus } = await ask(SkuPage, { first: 30, after: null, text, storeId })
  return skus.edges.map(({ node }) => itemOf(node))
}

export async function categories(): Promise<Category[]> {
  try {
    const answer = await ask(CategoriesQuery, {})
    await writeNote(CATEGORIES_NOTE, answer.categories).catch(() => undefined)
    return answer.categories
  } catch (error) {
    const kept = await readNote<Category[]>(CATEGORIES_NOTE)
    if (kept) return kept
    throw error
  }
}

function show(items: CatalogueItem[]): void {
  catalogue.value = new Map(items.map((item) => [item.id, item]))
}
