/** What must be done, or explained, before a hand-over: all of it at the end of the day, else what is due by now. */
export type Ending = 'day' | 'shift'

interface Must {
  must: boolean
  dueAt: string | null
}

export function isLeft({ must, dueAt }: Must, ending: Ending, now: number): boolean {
  if (!must) return false
  return ending === 'day' || (dueAt !== null && Date.parse(dueAt) <= now)
}
