/** What a person can do, each put into the outbox; and the list of what became of it. */
import { computed, shallowRef, watch } from 'vue'
import { clock } from './clock.ts'
import { clockKnown } from './clock-kept.ts'
import { correctByDifference } from './deeds/counts.ts'
import { openDay as recordOpening } from './deeds/day.ts'
import { recordWith, type Recorder } from './deeds/record.ts'
import { kindOf } from './deeds/registry.ts'
import { OperationList } from './operation-list.ts'
import type { Holdup } from './outbox.ts'
import { isLeftBehind, needsYou, type Operation } from './operations.ts'
import { forgetPhotosOf, takeOverPhotosOf } from './photos.ts'
import { lookAround, placeKnown } from './place-known.ts'
import { noteSender, openOutbox, SENDING_LOCK, SYNC_TAG } from './sending.ts'
import { askAboutDay, may, me, myStore, noteDayOpened, senderId, whenSomebodyLeaves } from './session.ts'
import { askToKeep } from './storage.ts'
import { uuidv7 } from './uuid.ts'

export { count } from './deeds/counts.ts'
export { takeBack, UNDONE } from './deeds/returns.ts'
export { sell } from './deeds/sales.ts'
export type { Pick } from './deeds/record.ts'

const kept = shallowRef<readonly Operation[]>([])
const settledWatchers: Settled[] = []
/** This person's own, the newest first. */
export const operations = computed(() => kept.value.filter(({ actorId }) => actorId === me.value?.id))
export const waiting = computed(() => operations.value.filter(({ state }) => state === 'waiting').length)
export const needingYou = computed(() => operations.value.filter(needsYou))

/** Whether there is such an operation on this device, whoever did it. */
export const isKept = (is: (operation: Operation) => boolean): boolean => kept.value.some(is)

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

/** What keeps this tab from sending; undefined while nothing does. */
export const holdup = shallowRef<Holdup>()

const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(SENDING_LOCK)

const outbox = openOutbox({
  actorId: () => senderId.value,
  later: (milliseconds, work) => {
    const timer = setTimeout(work, milliseconds)
    return () => clearTimeout(timer)
  },
  changed: (requestIds) => {
    tabs?.postMessage(requestIds)
    show(requestIds)
  },
  heldUp: (why) => {
    holdup.value = why
    if (why) void callWhenOnline()
  },
})

const list = new OperationList(outbox, (operations, settled) => {
  kept.value = operations
  for (const operation of settled) for (const look of settledWatchers) look(operation)
})

/** What could not be read now is read with what changes next. */
function show(requestIds?: readonly string[]): void {
  list.read(requestIds).catch((error: unknown) => console.error(error))
}

/** Show what waits and send it whenever sending may work again. */
export async function startOutbox(): Promise<void> {
  recordWith(record)
  await clockKnown()
  tabs?.addEventListener('message', ({ data }: MessageEvent<readonly string[] | undefined>) => show(data))
  whenSomebodyLeaves((personId) => outbox.leaveBehind(personId))
  whenSettled(({ deed, storeId }) => {
    if (deed.kind === 'open-day') void askAboutDay(storeId)
  })
  addEventListener('online', sendWaiting)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return
    // A page that slept has not heard what the others said.
    show()
    sendWaiting()
    lookAroundAtWork()
  })
  watch(() => me.value?.id, (personId) => {
    void noteSender(personId).catch((error: unknown) => console.error(error))
    lookAroundAtWork()
  }, { immediate: true })
  await list.read()
  sendWaiting()
}

/** So that the next act can say where it was done; of those only who act in a shop. */
function lookAroundAtWork(): void {
  if (me.value && may('sale:record')) void lookAround()
}

/** Ask the browser to call the service worker when the network is back, where it can. */
async function callWhenOnline(): Promise<void> {
  const registration = (await navigator.serviceWorker?.getRegistration()) as SyncRegistration | undefined
  // A person may have switched it off; then the page sends when it is opened.
  await registration?.sync?.register(SYNC_TAG).catch(() => undefined)
}

/** Not in the types yet: https://wicg.github.io/background-sync/spec/ */
interface SyncRegistration extends ServiceWorkerRegistration {
  sync?: { register: (tag: string) => Promise<void> }
}

export function sendWaiting(): void {
  void outbox.drain()
}

export const retryOperation = (requestId: string): Promise<void> => outbox.retry(requestId)
export const retryOperations = (requestIds: readonly string[]): Promise<void> => outbox.retryAll(requestIds)
export const markHandled = (requestId: string): Promise<void> => outbox.markHandled(requestId)

/** Record in one's own name what somebody who left has done. */
export async function takeOver(requestId: string): Promise<void> {
  if (!me.value) return
  const { id, name } = me.value
  const taken = kept.value.find((operation) => operation.requestId === requestId)
  await outbox.takeOver(requestId, id, name)
  if (taken) await takeOverPhotosOf(taken.deed, id)
}

/** The stock moved during the count: post the difference that she found at that moment. */
export async function postDifference(operation: Operation): Promise<void> {
  if (!(await correctByDifference(operation))) await markHandled(operation.requestId)
}

export async function openDay(): Promise<Operation> {
  const operation = await recordOpening()
  noteDayOpened(operation.storeId, new Date(operation.at).toISOString(), me.value?.name ?? '')
  return operation
}

/** Take a deed back: withdrawn when it never left the device, else posted the other way round once it was accepted. */
export async function undo(operation: Operation): Promise<void> {
  if (await outbox.withdraw(operation.requestId)) return forgetPhotosOf(operation.deed)
  await kindOf(operation.deed)?.undo?.(operation, operation.deed)
}

const record: Recorder = async (deedOf, { storeId = myStore.value?.id, reverses, settles } = {}) => {
  const actor = me.value
  if (actor === undefined || storeId === undefined) throw new Error('nobody is at work in a store')
  const at = clock.now()
  const requestId = uuidv7(at)
  const deed = deedOf({ requestId, storeId, origin: { occurredAt: new Date(at).toISOString(), source: 'PHONE', ...placeKnown() } }, actor)
  const person = { actorId: actor.id, actorName: actor.name }
  const operation = { requestId, ...person, storeId, at, deed, ...(reverses !== undefined && { reverses }) }
  await outbox.put(operation, settles)
  void askToKeep()
  if (!navigator.onLine) void callWhenOnline()
  return { ...operation, state: 'waiting', attempts: 0 }
}

type Settled = (operation: Operation) => void

/** Be told of each operation that got its verdict, whichever tab sent it. */
export function whenSettled(look: Settled): void {
  settledWatchers.push(look)
}
