/** What this device did about its shop's tasks since the server told of them: shown at once, also in a cellar. */
import type { Operation } from './operations.ts'

interface Known {
  id: string
  storeId: string
  kind: string
  state: string
  ownerId: string | null
  ownerName: string | null
  doneById: string | null
  doneByName: string | null
  doneAt: string | null
  sku?: { id: string } | null
}

/** `readAt`: what was settled before is in the reading already. */
export function asOfHere<Task extends Known>(tasks: readonly Task[], operations: readonly Operation[], readAt: number): Task[] {
  const fresh = operations
    .filter(({ state, settledAt }) => state === 'waiting' || (state === 'accepted' && (settledAt ?? 0) > readAt))
    .toSorted((one, other) => one.at - other.at)
  return tasks.map((task) => fresh.reduce(changed, task))
}

function changed<Task extends Known>(task: Task, { deed, storeId, actorId, actorName = '', at }: Operation): Task {
  if (storeId !== task.storeId) return task
  const mine = 'input' in deed && 'taskId' in deed.input && deed.input.taskId === task.id
  switch (deed.kind) {
    case 'open-day':
      return task.kind === 'OPEN_DAY' ? { ...task, state: 'DONE' } : task
    case 'complete-task':
      return mine ? { ...task, state: 'DONE', doneById: actorId, doneByName: actorName, doneAt: new Date(at).toISOString() } : task
    case 'restock':
      return task.kind === 'RESTOCK' && task.sku?.id === deed.input.skuId
        ? { ...task, state: 'DONE', doneById: actorId, doneByName: actorName, doneAt: new Date(at).toISOString() }
        : task
    case 'take-task':
      return mine && isOpen(task) ? { ...task, state: 'TAKEN', ownerId: actorId, ownerName: actorName } : task
    case 'leave-task':
      return mine && isOpen(task) ? { ...task, state: 'OPEN', ownerId: null, ownerName: null } : task
    default:
      return task
  }
}

export const isOpen = ({ state }: { state: string }): boolean => state === 'OPEN' || state === 'TAKEN'

/** The short count of the day: what every screen means by today's count, to do or done. */
export const countOfDay = <Told extends { kind: string; state: string }>(tasks: readonly Told[] | undefined): Told | undefined =>
  tasks?.find((task) => task.kind === 'COUNT' && (isOpen(task) || task.state === 'DONE'))
