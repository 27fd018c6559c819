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
  state: 'none' | 'running' | 'partCounted' | 'allCounted' | 'handedOver'
  path: string
}

export interface CountedToday {
  sessions: string[]
  counted: boolean
  /** Whether the count of the day is still to be done; undefined where none was asked for. */
  asked: boolean | undefined
  /** The server proposes nothing more to count. */
  nothingDue: boolean
  handedOver: boolean
}

/** Where the last button of the day leads: to what is being counted or still due, and when all is done to the hand-over. */
export function countingLeads({ sessions, counted, asked, nothingDue, handedOver }: CountedToday): Counting {
  const [first, ...others] = sessions
  if (first !== undefined) return { state: 'running', path: others.length > 0 ? '/stocktake' : `/stocktake/${first}` }
  if (handedOver) return { state: 'handedOver', path: '/stocktake' }
  // What the day asks for is the measure, on each phone alike: not what was proposed beyond it.
  if (asked === false) return { state: 'allCounted', path: '/day/hand-over' }
  if (!counted) return { state: 'none', path: '/stocktake' }
  return nothingDue && !asked ? { state: 'allCounted', path: '/day/hand-over' } : { state: 'partCounted', path: '/stocktake' }
}
