/**
 * Counting on this device: every scan is written down at once, and goes to the outbox in deeds of several lines.
 *
 * A line has its name, its moment and its place when it is made. The server takes a line once, so that a phone that
 * is killed between the journal and the outbox may pack the same line again.
 */
import { computed, shallowRef } from 'vue'
import { clock } from './clock.ts'
import { clockKnown } from './clock-kept.ts'
import { CountJournal } from './counts-journal.ts'
import { before, countedOf, keyOf, lastStanding, type CountLine, type CountMode } from './counts-lines.ts'
import { vault } from './database.ts'
import { recordLines } from './deeds/stocktakes.ts'
import { whereAmI, type Position } from './place.ts'
import { me, myStore } from './session.ts'
import { uuidv7 } from './uuid.ts'

export type { Counted, CountLine } from './counts-lines.ts'

/** The longest that a line waits for others, and how many do not wait at all. */
const PACK_AFTER_MS = 10_000
const FULL = 25
const MOST_IN_A_DEED = 200
/** A clock that goes back by less than this is being put right; by more, it was wrong before. */
const STEP_MS = 5 * 60_000

export interface Thing {
  skuId: string | null
  code: string | null
  name: string
  nameEn: string
  unit: string
}

/** Where she counts: one stocktake, one place, one asking. */
export interface CountPlace {
  stocktakeId: string
  shelfId: string | null
  round: number
  /** The one thing that is counted again: several of one shelf are asked for in the same round. */
  only?: string | undefined
}

const journal = new CountJournal(vault)
const place = shallowRef<CountPlace>()
const all = shallowRef<readonly CountLine[]>([])
let position: Position | undefined
let timer: ReturnType<typeof setTimeout> | undefined
let turns: Promise<unknown> = Promise.resolve()
let lastAt = 0
let lastOrder = 0

/** Everything that this person counted in this stocktake on this device. */
export const stocktakeLines = computed(() => all.value.filter(({ actorId }) => actorId === me.value?.id))
export const placeLines = computed(() =>
  stocktakeLines.value.filter(({ shelfId, round, skuId }) =>
    shelfId === place.value?.shelfId && round === place.value?.round && (place.value.only === undefined || skuId === place.value.only)))
export const placeCounted = computed(() => countedOf(placeLines.value))
export const unpackedHere = computed(() => stocktakeLines.value.filter(({ packedIn }) => packedIn === undefined).length)

/** Begin to count at a place; asks once where the device is, and does not wait for the answer. */
export async function countAt(where: CountPlace): Promise<void> {
  place.value = where
  position = undefined
  void whereAmI().then((found) => typeof found === 'object' && place.value === where && (position = found))
  // Lines are told by the server's clock, as far as this device has heard it.
  await clockKnown().catch(() => undefined)
  const lines = await journal.linesOf(where.stocktakeId)
  lastOrder = Math.max(lastOrder, ...lines.map(({ id }) => orderOf(id)))
  if (place.value?.stocktakeId !== where.stocktakeId) return
  // A scan does not wait until everything is read.
  const read = new Set(lines.map(({ id }) => id))
  all.value = [...lines, ...all.value.filter(({ id, stocktakeId }) => stocktakeId === where.stocktakeId && !read.has(id))]
}

/** What was counted here in a stocktake that runs, for who looks from elsewhere at how far it is. */
export async function recallLines(stocktakeId: string): Promise<void> {
  if (place.value?.stocktakeId === stocktakeId || all.value.some((line) => line.stocktakeId === stocktakeId)) return
  const lines = await journal.linesOf(stocktakeId)
  if (place.value?.stocktakeId !== stocktakeId) all.value = [...all.value.filter((line) => line.stocktakeId !== stocktakeId), ...lines]
}

/** Written on this device when it returns. */
export async function countLine(thing: Thing, quantity: number, mode: CountMode, more: Pick<CountLine, 'undoes' | 'photo'> = {}): Promise<CountLine> {
  const [where, actor, store] = [place.value, me.value, myStore.value]
  if (!where || !actor || !store) throw new Error('nobody counts at a place')
  const at = nextMoment()
  lastOrder = Math.max(at, lastOrder + 1)
  const { stocktakeId, shelfId, round } = where
  const line: CountLine = {
    stocktakeId,
    shelfId,
    round,
    skuId: thing.skuId,
    code: thing.code,
    name: thing.name,
    nameEn: thing.nameEn,
    unit: thing.unit,
    id: uuidv7(lastOrder),
    storeId: store.id,
    actorId: actor.id,
    quantity,
    mode,
    at,
    by: clock.guess ?? 'server',
    latitude: position?.latitude ?? null,
    longitude: position?.longitude ?? null,
    ...more,
  }
  await journal.write([line])
  if (line.stocktakeId === place.value?.stocktakeId) all.value = [...all.value, line]
  planPacking(line)
  return line
}

/** Take back the last thing that was done at this place; undefined when there is nothing to take back. */
export async function takeBackLine(): Promise<CountLine | undefined> {
  const last = lastStanding(placeLines.value)
  if (!last) return undefined
  // Not while a deed is being made of it: then it would be counted and yet be gone from the list.
  if (await inTurn(() => journal.strike(last.id))) all.value = all.value.filter(({ id }) => id !== last.id)
  else await countLine(last, before(placeLines.value, last), 'REPLACE', { undoes: last.id })
  return last
}

/** Put what waits in the journal into the outbox; one at a time, and nothing is lost when it fails halfway. */
export function packLines(): Promise<void> {
  clearTimeout(timer)
  timer = undefined
  return inTurn(packAll)
}

/** The same for who does not wait for it: what could not be packed stays in the journal, and is tried again. */
export function packSoon(): void {
  packLines().catch((error: unknown) => {
    console.warn('counts wait to be packed', error)
    timer ??= setTimeout(packSoon, PACK_AFTER_MS)
  })
}

function inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  const done = turns.then(work, work)
  turns = done
  return done
}

/** Lines that an earlier life of the app left in the journal; and no line stays behind when she puts the phone away. */
export function startPacking(): void {
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && packSoon())
  packSoon()
  clockKnown().then(() => journal.forgetOld(clock.now())).catch((error: unknown) => console.warn('old counts stay', error))
}

async function packAll(): Promise<void> {
  const actor = me.value
  if (!actor) return
  const waiting = await journal.unpacked(actor.id)
  for (const lines of parcels(waiting)) {
    // Somebody else may have taken the device meanwhile; these wait for whoever counted them.
    if (me.value?.id !== actor.id) return
    const { requestId } = await recordLines(lines)
    const packed = lines.map((line) => ({ ...line, packedIn: requestId }))
    await journal.write(packed)
    const now = new Map(packed.map((line) => [line.id, line]))
    all.value = all.value.map((line) => now.get(line.id) ?? line)
  }
}

/** Lines of one stocktake and by one clock in their order, no more than one deed holds. */
function parcels(lines: readonly CountLine[]): CountLine[][] {
  const parcelsOf = new Map<string, CountLine[][]>()
  for (const line of lines) {
    const key = `${line.stocktakeId} ${line.by ?? ''}`
    const made = parcelsOf.get(key) ?? [[]]
    if ((made.at(-1)?.length ?? 0) >= MOST_IN_A_DEED) made.push([])
    made.at(-1)?.push(line)
    parcelsOf.set(key, made)
  }
  return [...parcelsOf.values()].flat()
}

/** A thing that is finished need not wait: when many lines do, they go as soon as she takes up another thing. */
function planPacking(line: CountLine): void {
  const previous = placeLines.value.at(-2)
  if (unpackedHere.value >= FULL && previous && keyOf(previous) !== keyOf(line)) packSoon()
  else timer ??= setTimeout(packSoon, PACK_AFTER_MS)
}

/** Lines count in the order of their moments, so no two of a device have the same, nor does a clock that is put right by a little turn them round. */
function nextMoment(): number {
  const now = clock.now()
  lastAt = now > lastAt || lastAt - now > STEP_MS ? now : lastAt + 1
  return lastAt
}

/** The moment in a UUID version 7: lines lie in the order of their ids, whatever the clock did. */
function orderOf(id: string): number {
  return Number.parseInt(id.replace('-', '').slice(0, 12), 16) || 0
}
