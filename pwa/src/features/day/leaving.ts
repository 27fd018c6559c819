/** What must be done, or explained, before a hand-over: all of it at the end of the day, else what is due by now or has no time. */
export type Ending = 'day' | 'shift'

/** What the books ask for is counted anew at any moment; it is no part of what one shift leaves to the next. */
const FROM_BOOKS = new Set(['OPEN_DAY', 'RESTOCK', 'REPAIR_DISCREPANCY'])

export const isHandedOn = ({ kind }: { kind: string }): boolean => !FROM_BOOKS.has(kind)

interface Must {
  must: boolean
  dueAt: string | null
}

export function isLeft({ must, dueAt }: Must, ending: Ending, now: number): boolean {
  if (!must) return false
  return ending === 'day' || dueAt === null || Date.parse(dueAt) <= now
}
