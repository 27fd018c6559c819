/** What the own shop has to do today: as the server said last, with what this device has done about it since. */
import { computed, shallowRef } from 'vue'
import { mark } from './clock.ts'
import { readNote, writeNote } from './database.ts'
import { operations } from './deeds.ts'
import { TasksQuery } from './documents/tasks.ts'
import type { ResultOf } from './graphql.ts'
import { myStore } from './session.ts'
import { asOfHere } from './tasks-here.ts'
import { ask } from './transport.ts'

export type Task = ResultOf<typeof TasksQuery>['tasks'][number]

interface Reading {
  storeId: string
  at: number
  tasks: Task[]
}

const reading = shallowRef<Reading>()
const failed = shallowRef(false)
/** Which question was asked last, and which of them is answered: no earlier answer takes its place, whatever the clock says. */
let [asked, heard] = [0, 0]
const here = computed(() => (reading.value?.storeId === myStore.value?.id ? reading.value : undefined))

/** Also what is done today; undefined until the device or the server has said. */
export const todayTasks = computed(() => here.value && asOfHere(here.value.tasks, operations.value, here.value.at))
export const tasksReadAt = computed(() => here.value?.at ?? 0)
/** Nobody answered, and nothing is known from before. */
export const tasksFailed = computed(() => failed.value && here.value === undefined)
export const taskOf = (id: string): Task | undefined => todayTasks.value?.find((task) => task.id === id)

/** Shows what is kept at once, and then what the server says; false when it said nothing. */
export async function readTasks(): Promise<boolean> {
  const storeId = myStore.value?.id
  if (storeId === undefined) return false
  const note = `tasks ${storeId}`
  if (here.value === undefined) {
    const kept = await readNote<Reading>(note)
    if (kept && here.value === undefined && myStore.value?.id === storeId) reading.value = kept
  }
  const [turn, askedAt] = [(asked += 1), mark()]
  try {
    const { tasks } = await ask(TasksQuery, { storeId })
    if (myStore.value?.id !== storeId) return false
    if (turn < heard) return true
    heard = turn
    reading.value = { storeId, at: askedAt(), tasks }
    failed.value = false
    await writeNote(note, reading.value)
    return true
  } catch {
    failed.value = true
    return false
  }
}
