/** The own shop's day: as the server said last, with what this device has done about it since. */
import { computed, shallowRef } from 'vue'
import { mark } from './clock.ts'
import { readNote, writeNote } from './database.ts'
import { atWorkSince, handOverToTake, isHandedOver, wentHomeAt } from './day-here.ts'
import { operations } from './deeds.ts'
import { DayQuery } from './documents/day.ts'
import { MyHelpQuery } from './documents/help.ts'
import type { ResultOf } from './graphql.ts'
import { me, myStore } from './session.ts'
import { ask } from './transport.ts'

export type StoreDay = ResultOf<typeof DayQuery>['dayOf']
export type HandOver = NonNullable<StoreDay['latest']>
export type HelpCall = ResultOf<typeof MyHelpQuery>['helpCalls']['edges'][number]['node']

interface Reading {
  storeId: string
  at: number
  day: StoreDay
  help: HelpCall[]
}

const reading = shallowRef<Reading>()
const failed = shallowRef(false)
/** Which question was asked last, and which of them is answered: no earlier answer takes its place, whatever the clock says. */
let [asked, heard] = [0, 0]
const here = computed(() => (reading.value?.storeId === myStore.value?.id ? reading.value : undefined))

export const storeDay = computed(() => here.value?.day)
export const dayReadAt = computed(() => here.value?.at ?? 0)
/** Nobody answered, and nothing is known from before. */
export const dayFailed = computed(() => failed.value && here.value === undefined)
export const myHelp = computed(() => here.value?.help.filter(({ askedById }) => askedById === me.value?.id) ?? [])

export const myShiftSince = computed(() => {
  const [personId, storeId] = [me.value?.id, myStore.value?.id]
  if (personId === undefined || storeId === undefined) return undefined
  return atWorkSince(here.value?.day.onShift ?? [], operations.value, { personId, storeId, readAt: dayReadAt.value })
})
export const myShiftEnded = computed(() => {
  const [personId, storeId] = [me.value?.id, myStore.value?.id]
  return personId === undefined || storeId === undefined ? undefined : wentHomeAt(operations.value, { personId, storeId })
})
export const handOverWaiting = computed<HandOver | undefined>(
  () => here.value && me.value && handOverToTake<HandOver>(here.value.day, operations.value, me.value.id),
)
export const handedOverToday = computed(
  () => here.value !== undefined && isHandedOver<HandOver>(here.value.day, operations.value, here.value.storeId, here.value.at),
)

/** Shows what is kept at once, and then what the server says; false when it said nothing. */
export async function readDay(): Promise<boolean> {
  const storeId = myStore.value?.id
  if (storeId === undefined) return false
  const note = `day ${storeId}`
  if (here.value === undefined) {
    const kept = await readNote<Reading>(note)
    if (kept && here.value === undefined && myStore.value?.id === storeId) reading.value = kept
  }
  const [turn, askedAt] = [(asked += 1), mark()]
  try {
    const [{ dayOf: day }, { helpCalls }] = await Promise.all([ask(DayQuery, { storeId }), ask(MyHelpQuery, { storeId })])
    if (myStore.value?.id !== storeId) return false
    if (turn < heard) return true
    heard = turn
    reading.value = { storeId, at: askedAt(), day, help: helpCalls.edges.map(({ node }) => node) }
    failed.value = false
    await writeNote(note, reading.value)
    return true
  } catch {
    failed.value = true
    return false
  }
}
