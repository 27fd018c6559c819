/** What this device did about its shop's day since the server told of it: shown at once, also in a cellar. */
import type { Operation } from './operations.ts'

interface Given {
  id: string
  givenById: string
  confirmations: readonly unknown[]
}

interface Day<HandOver extends Given> {
  day: string
  latest: HandOver | null
  previous: HandOver | null
}

/** In the order in which they were done; what the reading already knows is left out. */
function freshOf(operations: readonly Operation[], storeId: string, readAt: number): Operation[] {
  return operations
    .filter((operation) => operation.storeId === storeId)
    .filter(({ state, settledAt }) => state === 'waiting' || (state === 'accepted' && (settledAt ?? 0) > readAt))
    .toSorted((one, other) => one.at - other.at)
}

/** Since when this person is at work, if they are: their own last clocking counts, else what the server said. */
export function atWorkSince(
  onShift: readonly { personId: string; since: string }[],
  operations: readonly Operation[],
  { personId, storeId, readAt }: { personId: string; storeId: string; readAt: number },
): string | undefined {
  const own = freshOf(operations, storeId, readAt).filter(({ deed }) => deed.kind === 'clock-in' || deed.kind === 'clock-out')
  const last = own.at(-1)
  if (last) return last.deed.kind === 'clock-in' ? new Date(last.at).toISOString() : undefined
  return onShift.find((each) => each.personId === personId)?.since
}

/** When this person went home, if that was their own last clocking on this device, whether the server has heard of it or not. */
export function wentHomeAt(operations: readonly Operation[], { personId, storeId }: { personId: string; storeId: string }): number | undefined {
  const last = operations
    .filter((each) => each.storeId === storeId && each.actorId === personId && (each.state === 'waiting' || each.state === 'accepted'))
    .filter(({ deed }) => deed.kind === 'clock-in' || deed.kind === 'clock-out')
    .toSorted((one, other) => one.at - other.at)
    .at(-1)
  return last?.deed.kind === 'clock-out' ? last.at : undefined
}

/** The hand-over that waits for somebody else to take it on. */
export function handOverToTake<HandOver extends Given>(
  day: Day<HandOver>,
  operations: readonly Operation[],
  personId: string,
): HandOver | undefined {
  const last = day.latest ?? day.previous
  if (!last || last.givenById === personId || last.confirmations.length > 0) return undefined
  const taken = operations.some(
    ({ deed, state }) => deed.kind === 'confirm-hand-over' && deed.input.handOverId === last.id && state !== 'refused' && state !== 'undone',
  )
  return taken ? undefined : last
}

/** Whether this device has handed over since the reading, or the server knows of it on this day. */
export function isHandedOver<HandOver extends Given & { endsDay: boolean }>(
  day: Day<HandOver>,
  operations: readonly Operation[],
  storeId: string,
  readAt: number,
): boolean {
  return day.latest?.endsDay === true
    || freshOf(operations, storeId, readAt).some(({ deed }) => deed.kind === 'hand-over' && deed.input.endsDay !== false)
}
