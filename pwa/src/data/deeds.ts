/** What a person can do, each put into the outbox; and the list of what became of it. */
import { computed, shallowRef } from 'vue'
import type { CatalogueItem } from './catalogue-item.ts'
import { database } from './database.ts'
import type { VariablesOf } from './graphql.ts'
import type { AdjustStock } from './documents/writes.ts'
import { Outbox } from './outbox.ts'
import { isLeftBehind, needsYou, type Deed, type NamedLine, type Operation } from './operations.ts'
import { send } from './send.ts'
import { askAboutDay, me, myStore, noteDayOpened, SENDING_LOCK, senderId, whenSomebodyLeaves } from './session.ts'
import { uuidv7 } from './uuid.ts'

export interface Pick {
  item: CatalogueItem
  quantity: number
}

type AdjustmentReason = VariablesOf<typeof AdjustStock>['input']['reason']

const kept = shallowRef<readonly Operation[]>([])
/** This person's own, the newest first. */
export const operations = computed(() => kept.value.filter(({ actorId }) => actorId === me.value?.id))
export const waiting = computed(() => operations.value.filter(({ state }) => state === 'waiting').length)
export const needingYou = computed(() => operations.value.filter(needsYou))

/** What others did on this device and what is not sent, because it goes out in their own session only. */
export const othersWaiting = computed(() => {
  const counts = new Map<string, { id: string; name: string; count: number }>()
  for (const { actorId, actorName, state, leftBehind } of kept.value) {
    if (state !== 'waiting' || leftBehind || actorId === me.value?.id) continue
    const other = counts.get(actorId) ?? { id: actorId, name: actorName ?? '', count: 0 }
    counts.set(actorId, { ...other, name: actorName ?? other.name, count: other.count + 1 })
  }
  return [...counts.values()]
})

/** What somebody who left the chain did on this device and never sent. */
export const leftBehind = computed(() => kept.value.filter((operation) => isLeftBehind(operation) && operation.actorId !== me.value?.id))

/** The reason of a return that only takes a wrong sale back. */
export const UNDONE = 'undone'

const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(SENDING_LOCK)

const outbox = new Outbox({
  db: database,
  send: async (operation) => {
    const fate = await send(operation)
    if (operation.deed.kind === 'open-day') void askAboutDay(operation.storeId)
    return fate
  },
  actorId: () => senderId.value,
  now: Date.now,
  alone: async (work) => {
    if (navigator.locks) await navigator.locks.request(SENDING_LOCK, work)
    else await work()
  },
  later: (milliseconds, work) => {
    const timer = setTimeout(work, milliseconds)
    return () => clearTimeout(timer)
  },
  changed: () => {
    tabs?.postMessage('changed')
    void show()
  },
})

/** Show what waits and send it whenever sending may work again. */
export async function startOutbox(): Promise<void> {
  tabs?.addEventListener('message', () => void show())
  whenSomebodyLeaves((personId) => outbox.leaveBehind(personId))
  addEventListener('online', sendWaiting)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && sendWaiting())
  await show()
  sendWaiting()
}

export function sendWaiting(): void {
  void outbox.drain()
}

export const retryOperation = (requestId: string): Promise<void> => outbox.retry(requestId)
export const markHandled = (requestId: string): Promise<void> => outbox.markHandled(requestId)

/** Record in one's own name what somebody who left has done. */
export async function takeOver(requestId: string): Promise<void> {
  if (me.value) await outbox.takeOver(requestId, me.value.id, me.value.name)
}

export function sell(picks: Pick[]): Promise<Operation> {
  const lines = picks.map(({ item, quantity }) => ({ skuId: item.id, quantity, unitPrice: item.priceFen }))
  const totalFen = picks.reduce((sum, { item, quantity }) => sum + quantity * (item.priceFen ?? 0), 0)
  return record((common) => ({
    kind: 'sale',
    input: { ...common, lines },
    lines: picks.map(named),
    totalFen,
  }))
}

export function takeBack(pick: Pick, why: string): Promise<Operation> {
  return postReturn([{ line: named(pick), priceFen: pick.item.priceFen }], why)
}

interface ReturnedLine {
  line: NamedLine
  priceFen: number | null
}

function postReturn(returned: ReturnedLine[], why: string, reversed?: Operation): Promise<Operation> {
  return record(({ requestId, storeId, origin }) => ({
    kind: 'return',
    why,
    lines: returned.map(({ line }) => line),
    input: {
      requestId,
      source: 'PHONE',
      allOrNothing: true,
      events: returned.map(({ line, priceFen }) => ({
        eventId: uuidv7(),
        storeId,
        skuId: line.skuId,
        kind: 'CUSTOMER_RETURN',
        quantity: line.quantity,
        amount: priceFen === null ? null : priceFen * line.quantity,
        occurredAt: origin.occurredAt,
      })),
    },
  }), reversed?.storeId, reversed?.requestId)
}

/** The goods leave again and the customer pays again what she got back. */
function postReturnUndone(reversed: Operation, { input, lines }: Extract<Deed, { kind: 'return' }>): Promise<Operation> {
  return record(({ requestId, origin }) => ({
    kind: 'return-undone',
    lines,
    input: {
      ...input,
      requestId,
      events: input.events.map((event) => ({ ...event, eventId: uuidv7(), kind: 'SALE', occurredAt: origin.occurredAt })),
    },
  }), reversed.storeId, reversed.requestId)
}

/** `booked` is what the screen showed while she counted; the server refuses when it has moved since. */
export function count(item: CatalogueItem, counted: number, booked: number): Promise<Operation> {
  return record((common) => ({
    kind: 'count',
    booked,
    counted,
    lines: [named({ item, quantity: counted })],
    input: { ...common, skuId: item.id, setTo: counted, expected: booked, reason: 'COUNTED' },
  }))
}

/** The stock moved during the count: post the difference that she found at that moment. */
export async function postDifference(operation: Operation): Promise<void> {
  if (operation.deed.kind !== 'count') return
  const { counted, booked, lines } = operation.deed
  await correct(operation, lines, counted - booked, 'COUNTED')
  await markHandled(operation.requestId)
}

export function openDay(): Promise<Operation> {
  return record((common) => {
    noteDayOpened(common.storeId, common.origin.occurredAt, me.value?.name ?? '')
    return { kind: 'open-day', lines: [], input: common }
  })
}

/** Take a deed back: withdrawn when it never left the device, else posted the other way round once it was accepted. */
export async function undo(operation: Operation): Promise<void> {
  if (await outbox.withdraw(operation.requestId)) return
  const { deed } = operation
  if (deed.kind === 'count') await correct(operation, deed.lines, deed.booked - deed.counted, 'MISRECORDED', operation.requestId)
  if (deed.kind === 'return') await postReturnUndone(operation, deed)
  if (deed.kind === 'sale') {
    const prices = new Map(deed.input.lines.map(({ skuId, unitPrice }) => [skuId, unitPrice ?? null]))
    await postReturn(deed.lines.map((line) => ({ line, priceFen: prices.get(line.skuId) ?? null })), UNDONE, operation)
  }
}

async function correct(
  operation: Operation,
  lines: NamedLine[],
  delta: number,
  reason: AdjustmentReason,
  reverses?: string,
): Promise<void> {
  const [line] = lines
  if (!line || delta === 0) return
  await record((common) => ({
    kind: 'correction',
    undoes: operation.requestId,
    lines: [{ ...line, quantity: delta }],
    input: { ...common, skuId: line.skuId, delta, reason },
  }), operation.storeId, reverses)
}

interface Common {
  requestId: string
  storeId: string
  origin: { occurredAt: string; source: 'PHONE' }
}

async function record(
  deedOf: (common: Common) => Deed,
  storeId = myStore.value?.id,
  reverses?: string,
): Promise<Operation> {
  const actor = me.value
  if (actor === undefined || storeId === undefined) throw new Error('nobody is at work in a store')
  const at = Date.now()
  const requestId = uuidv7(at)
  const deed = deedOf({ requestId, storeId, origin: { occurredAt: new Date(at).toISOString(), source: 'PHONE' } })
  const person = { actorId: actor.id, actorName: actor.name }
  const operation = { requestId, ...person, storeId, at, deed, ...(reverses !== undefined && { reverses }) }
  await outbox.put(operation)
  return { ...operation, state: 'waiting', attempts: 0 }
}

function named({ item, quantity }: Pick): NamedLine {
  return { skuId: item.id, name: item.name, nameEn: item.nameEn, unit: item.unit, quantity }
}

async function show(): Promise<void> {
  kept.value = await outbox.all()
}
