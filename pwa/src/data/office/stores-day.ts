/** How the stores that somebody leads stand today: who is there, what must still be done and by whom, what was handed over. */
import { graphql, type ResultOf } from '../graphql.ts'
import { ask } from '../transport.ts'

const StoreToday = graphql(`
  query StoreToday($storeId: UUID!) {
    store(id: $storeId) { businessDay { openedBy } }
    dayOf(storeId: $storeId) {
      storeId
      day
      openedAt
      openTasks
      returnsWaiting
      returns { number refunds }
      unknownCodes
      sales { amount }
      onShift { personId personName }
      mustDo { id title titleEn dueAt isLate ownerName }
      latest { id givenByName givenAt endsDay note confirmations { byName at disputes { id words } } }
      previous { id givenByName givenAt endsDay note confirmations { byName at disputes { id words } } }
    }
  }
`)

const CameAndWent = graphql(`
  query CameAndWent($storeId: UUID!, $day: Date!) {
    clockEntries(storeId: $storeId, since: $day, until: $day) { personId personName direction occurredAt }
  }
`)

interface Leaving {
  personName: string
  at: string
}

export type StoreToday = ResultOf<typeof StoreToday>['dayOf'] & { openedBy: string; left: Leaving[] }
const AT_ONCE = 4

/** Tells of each store as it is known: the first on a screen need not wait for the last. */
export async function readStores(storeIds: readonly string[], told: (today: StoreToday) => void): Promise<void> {
  const left = [...storeIds]
  const one = async (): Promise<void> => {
    for (let storeId = left.shift(); storeId !== undefined; storeId = left.shift()) told(await today(storeId))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
}

async function today(storeId: string): Promise<StoreToday> {
  const { dayOf, store } = await ask(StoreToday, { storeId })
  return { ...dayOf, openedBy: store?.businessDay.openedBy ?? '', left: dayOf.onShift.length ? [] : await leftOn(storeId, dayOf.day) }
}

/** Who was there and has gone, the last to go first. */
async function leftOn(storeId: string, day: string): Promise<Leaving[]> {
  const { clockEntries } = await ask(CameAndWent, { storeId, day })
  const last = new Map<string, Leaving>()
  for (const { personId, personName, direction, occurredAt } of clockEntries) {
    if (direction === 'OUT' && !last.has(personId)) last.set(personId, { personName, at: occurredAt })
  }
  return [...last.values()]
}
