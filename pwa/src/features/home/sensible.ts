/** Which of the three buttons makes sense now. */
export type DailyAct = 'open' | 'return' | 'count'

const CLOSING_MINUTES = 120

/** Times are "HH:MM" in the store's own zone; a shop may close after midnight. */
export function sensibleNow({ opened, closesAt, now }: { opened: boolean; closesAt: string; now: string }): DailyAct {
  if (!opened) return 'open'
  const left = (minutes(closesAt) - minutes(now) + 1_440) % 1_440
  const overtime = 1_440 - left
  return left <= CLOSING_MINUTES || overtime <= CLOSING_MINUTES ? 'count' : 'return'
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(':').map(Number)
  return hours * 60 + rest
}

export interface Counting {
  state: 'none' | 'running' | 'allCounted' | 'handedOver'
  path: string
}

/** Where the last button of the day leads: to what is being counted, and when that is done to the hand-over. */
export function countingLeads({ sessions, counted, handedOver }: { sessions: string[]; counted: boolean; handedOver: boolean }): Counting {
  const [first, ...others] = sessions
  if (first !== undefined) return { state: 'running', path: others.length > 0 ? '/stocktake' : `/stocktake/${first}` }
  if (handedOver) return { state: 'handedOver', path: '/stocktake' }
  return counted ? { state: 'allCounted', path: '/day/hand-over' } : { state: 'none', path: '/stocktake' }
}
