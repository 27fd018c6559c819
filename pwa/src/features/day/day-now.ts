/** A screen of the day that stays open: what it shows is read again whenever something may have changed it. */
import { computed, onBeforeUnmount, ref, watch, type ComputedRef } from 'vue'
import { contact } from '@/data/connection.ts'
import { readDay } from '@/data/day.ts'
import { operations } from '@/data/deeds.ts'
import { myStore } from '@/data/session.ts'
import { readTasks } from '@/data/tasks.ts'
import { unsentOf, type Unsent } from './unsent.ts'

/** The sums of sales follow the ledger a moment later, and colleagues sell meanwhile. */
const AGAIN_MS = 20_000

interface DayNow {
  /** The figures and tasks are the server's, of now, with all that this phone did in them. */
  isNow: ComputedRef<boolean>
  /** They are not, and are not on their way either. */
  isOld: ComputedRef<boolean>
  unsent: ComputedRef<Unsent | undefined>
}

export function useDayNow(): DayNow {
  const heard = ref(false)
  const reading = ref(true)
  let turn = 0
  const here = computed(() => operations.value.filter(({ storeId }) => storeId === myStore.value?.id))
  const waits = computed(() => here.value.some(({ state }) => state === 'waiting'))
  const settledAt = computed(() => here.value.reduce((last, operation) => Math.max(last, operation.settledAt ?? 0), 0))

  async function read(): Promise<void> {
    const mine = (turn += 1)
    reading.value = true
    const told = await Promise.all([readDay(), readTasks()])
    if (mine !== turn) return
    heard.value = told.every(Boolean)
    reading.value = false
  }

  watch([() => myStore.value?.id, settledAt, contact], () => {
    heard.value = false
    void read()
  }, { immediate: true })
  const timer = setInterval(() => void (contact.value !== 'offline' && read()), AGAIN_MS)
  onBeforeUnmount(() => clearInterval(timer))

  const isOut = computed(() => waits.value || contact.value === 'offline')
  const unsent = computed(() => unsentOf(here.value, myStore.value?.id))
  const isNow = computed(() => heard.value && !isOut.value && !unsent.value)
  return { isNow, unsent, isOld: computed(() => isOut.value || (!heard.value && !reading.value)) }
}
