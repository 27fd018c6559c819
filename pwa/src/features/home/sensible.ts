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
