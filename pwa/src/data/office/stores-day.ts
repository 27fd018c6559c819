/** How the stores that somebody leads stand today: who is there, what must still be done and by whom, what was handed over. */
import { graphql, type ResultOf } from '../graphql.ts'
import { ask } from '../transport.ts'

const StoreToday = graphql(`
  query StoreToday($storeId: UUID!) {
    dayOf(storeId: $storeId) {
      storeId
      openedAt
      openTasks
      returnsWaiting
      sales { amount }
      onShift { personId personName }
      mustDo { id title titleEn dueAt isLate ownerName }
      latest { id givenByName givenAt endsDay note confirmations { byName at disputes { id words } } }
      previous { id givenByName givenAt endsDay note confirmations { byName at disputes { id words } } }
    }
  }
`)

export type StoreToday = ResultOf<typeof StoreToday>['dayOf']
const AT_ONCE = 4

/** Tells of each store as it is known: the first on a screen need not wait for the last. */
export async function readStores(storeIds: readonly string[], told: (today: StoreToday) => void): Promise<void> {
  const left = [...storeIds]
  const one = async (): Promise<void> => {
    for (let storeId = left.shift(); storeId !== undefined; storeId = left.shift()) told((await ask(StoreToday, { storeId })).dayOf)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
}
