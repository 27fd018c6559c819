/** One hand-over that has been: by its own id, or by that of a task which something disputed of it became. */
import { storeDay, type HandOver } from './day.ts'
import { HandOverParts } from './documents/day.ts'
import { graphql } from './graphql.ts'
import { ask } from './transport.ts'

const OneHandOver = graphql(
  `
    query OneHandOver($storeId: UUID!, $id: UUID!) {
      handOver(storeId: $storeId, id: $id) { ...HandOverParts }
    }
  `,
  [HandOverParts],
)

/** The newest ones lie on the device, for a cellar. */
export function keptHandOver(storeId: string, id: string): HandOver | undefined {
  if (storeDay.value?.storeId !== storeId) return undefined
  return [storeDay.value.latest, storeDay.value.previous].find(
    (each) => each?.id === id || each?.confirmations.some(({ disputes }) => disputes.some(({ taskId }) => taskId === id)),
  ) ?? undefined
}

/** Null where there is none, or none that the asker may see. */
export async function askHandOver(storeId: string, id: string): Promise<HandOver | null> {
  return (await ask(OneHandOver, { storeId, id })).handOver
}
