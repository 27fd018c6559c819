/** Which sales an item may have come from: what the server finds, else what this phone sold; asked again once in touch. */
import { shallowRef, watch, type ShallowRef } from 'vue'
import { contact } from '@/data/connection.ts'
import { salesOfThisPhone, salesToReturn, type Candidate } from '@/data/returns.ts'
import { myStore } from '@/data/session.ts'

export interface SalesSearch {
  candidates: ShallowRef<Candidate[]>
  looking: ShallowRef<boolean>
  /** Nobody answered: there may be more sales than this phone knows of. */
  offline: ShallowRef<boolean>
  look: (skuId: string) => Promise<void>
  /** Ask once more; what she sees stays until there is more. */
  renew: () => Promise<void>
}

/** `wanted`: the item that stands on the screen; what comes late for another one is dropped. */
export function useSalesSearch(wanted: () => string | undefined): SalesSearch {
  const candidates = shallowRef<Candidate[]>([])
  const looking = shallowRef(false)
  const offline = shallowRef(false)

  async function look(skuId: string): Promise<void> {
    looking.value = true
    const found = await search(skuId)
    if (wanted() !== skuId) return
    looking.value = false
    ;({ candidates: candidates.value, offline: offline.value } = found)
  }

  async function renew(): Promise<void> {
    const skuId = wanted()
    if (skuId === undefined) return
    const found = await search(skuId)
    if (wanted() !== skuId) return
    offline.value = found.offline
    if (!found.offline) candidates.value = found.candidates
  }

  watch(contact, (now) => now === 'live' && offline.value && void renew())

  return { candidates, looking, offline, look, renew }
}

async function search(skuId: string): Promise<{ candidates: Candidate[]; offline: boolean }> {
  const store = myStore.value
  if (!store) return { candidates: [], offline: false }
  const mine = salesOfThisPhone(store.id, skuId)
  try {
    const found = await salesToReturn(store.id, { skuId })
    // What waits to be sent on this phone is known nowhere else.
    const waits = mine.filter((own) => !found.some(({ soldAt }) => soldAt === own.soldAt))
    return { candidates: [...waits, ...found], offline: false }
  } catch {
    return { candidates: mine, offline: true }
  }
}
