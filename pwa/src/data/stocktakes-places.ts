/** The shelves of the own store and the codes of its scales, kept on the device: a shelf is opened without a network. */
import { computed, shallowRef } from 'vue'
import { categories, knownCode, resolveCode, type CatalogueItem, type Category } from './catalogue.ts'
import { CATEGORIES_NOTE, readNote, writeNote } from './database.ts'
import { PlacesQuery } from './documents/stocktake-places.ts'
import type { ResultOf } from './graphql.ts'
import { readWeighed, type Weighed } from './in-store-codes.ts'
import { ask } from './transport.ts'

type Places = ResultOf<typeof PlacesQuery>
export type Shelf = Places['shelves'][number]

const noteOf = (storeId: string): string => `count places ${storeId}`
const places = shallowRef<(Places & { storeId: string }) | undefined>()

/** Whether this device has ever read the shelves: until then it cannot say that there are none. */
export const placesKnown = computed(() => places.value !== undefined)
export const myShelves = computed(() => places.value?.shelves ?? [])
export const myZones = computed(() => [...new Set(myShelves.value.map(({ zone }) => zone))])

/** What is kept is there at once; what the server says takes its place. Without a network the former stays. */
export async function openPlaces(storeId: string): Promise<void> {
  if (places.value?.storeId !== storeId) places.value = await readNote(noteOf(storeId))
  try {
    places.value = { ...(await ask(PlacesQuery, { storeId })), storeId }
    await writeNote(noteOf(storeId), places.value)
  } catch (error) {
    if (!places.value) console.info('no shelves yet', error)
  }
}

export const myCategories = shallowRef<readonly Category[]>([])

let asked: Promise<void> | undefined

/** The chain's categories: those that this device keeps are there at once, and what the server says takes their place. */
export async function openCategories(): Promise<void> {
  if (myCategories.value.length === 0) myCategories.value = (await readNote<Category[]>(CATEGORIES_NOTE).catch(() => undefined)) ?? []
  asked ??= categories().then((told) => void (myCategories.value = told), () => void (asked = undefined))
  if (myCategories.value.length === 0) await asked
}

const SHELF_CODE = /^(?:https?:\/\/[^/]+)?\/s\/([\w-]{6,64})$/

/** The shelf that a scanned code opens; 'strange' when it is the code of none of ours, 'unread' while ours were never read. */
export function shelfOfCode(code: string): Shelf | 'strange' | 'unread' | undefined {
  const token = SHELF_CODE.exec(code)?.[1]
  if (token === undefined) return undefined
  if (!placesKnown.value) return 'unread'
  return myShelves.value.find(({ path }) => path === `/s/${token}`) ?? 'strange'
}

export interface Read {
  item: CatalogueItem
  /** How many base units the code stands for. */
  units: number
  weighed: Weighed | undefined
}

/** What a scanned code stands for: also one that a scale has printed, with what was weighed in it. */
export async function readCode(code: string, storeId: string): Promise<Read | undefined> {
  // The whole code: a base code alone stands for one piece, however many a kilogram is.
  const found = knownCode(code) ?? (await resolveCode(code, storeId))
  if (!found) return undefined
  return { item: found.item, units: found.packUnits, weighed: readWeighed(code, places.value?.inStorePatterns ?? []) ?? undefined }
}
