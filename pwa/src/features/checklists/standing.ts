/** What can be said of a checklist today, and nothing that the figures do not bear. */
import type { Checklist, Figures } from '@/data/office/checklists.ts'

export type Standing = 'off' | 'unknown' | 'figures' | 'notToday' | 'notYet' | 'over'

type Planned = Pick<Checklist, 'active' | 'moment' | 'times' | 'weekdays' | 'validFrom' | 'validUntil' | 'chainWide' | 'storeIds' | 'regionIds'>

interface Shop {
  id: string
  region: { id: string }
  opensAt: string
  closesAt: string
}

const SUNDAY = 7
const MINUTES = 'HH:MM'.length

/** `day` as YYYY-MM-DD and `time` as HH:MM, where the shops are. */
export function standingOf(list: Planned, figures: Pick<Figures, 'due' | 'totalCount'> | undefined, { day, time, shops }: { day: string; time: string; shops: readonly Shop[] }): Standing {
  if (!list.active) return 'off'
  if (!figures) return 'unknown'
  if (figures.due > 0) return 'figures'
  if (figures.totalCount > 0) return 'notYet'
  if (!fallsOn(list, day)) return 'notToday'
  return shopsOf(list, shops).some((shop) => timesAt(list, shop).some((at) => inDay(at, shop) > inDay(time, shop))) ? 'notYet' : 'over'
}

/** How much of all that the day asks for is done; what is not due yet counts, so that one early shop is not all of them. */
export function shareOf({ done, totalCount }: Pick<Figures, 'done' | 'totalCount'>): string {
  return totalCount === 0 ? '–' : `${Math.floor((100 * done) / totalCount)}%`
}

function fallsOn({ weekdays, validFrom, validUntil }: Planned, day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay() || SUNDAY
  return weekdays.includes(weekday) && validFrom <= day && (validUntil === null || day <= validUntil)
}

function shopsOf({ chainWide, storeIds, regionIds }: Planned, shops: readonly Shop[]): Shop[] {
  return shops.filter(({ id, region }) => chainWide || storeIds.includes(id) || regionIds.includes(region.id))
}

function timesAt({ moment, times }: Planned, { opensAt, closesAt }: Shop): string[] {
  if (moment === 'AT_TIMES') return [...times]
  return [(moment === 'AT_OPENING' ? opensAt : closesAt).slice(0, MINUTES)]
}

/** In the order of the business day: what a clock shows before a shop opens is its next morning. */
function inDay(time: string, { opensAt }: Shop): string {
  return (time < opensAt.slice(0, MINUTES) ? '1' : '0') + time
}
