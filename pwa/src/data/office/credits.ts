/** What people did as it should be, counted for later rewards: one's own, or everybody's of a store that one leads. */
import { graphql, type ResultOf } from '../graphql.ts'
import { ask } from '../transport.ts'

const Credits = graphql(`
  query Credits($storeId: UUID!, $since: Date!, $until: Date!) {
    complianceCounts(storeId: $storeId, since: $since, until: $until) { personId personName act count }
  }
`)

type Row = ResultOf<typeof Credits>['complianceCounts'][number]

export interface Credit {
  personId: string
  personName: string
  total: number
  acts: { act: Row['act']; count: number }[]
}

/** The days up to a business day, that day included. */
export async function creditsOf(storeId: string, until: string, days: number): Promise<Credit[]> {
  const first = new Date(`${until}T00:00:00Z`)
  first.setUTCDate(first.getUTCDate() - days + 1)
  const since = first.toISOString().slice(0, 10)
  return credited((await ask(Credits, { storeId, since, until })).complianceCounts)
}

/** Each person once, whoever did most on top; of each what was done most often first. */
export function credited(rows: readonly Row[]): Credit[] {
  const people = new Map<string, Credit>()
  for (const { personId, personName, act, count } of rows) {
    const credit = people.get(personId) ?? { personId, personName, total: 0, acts: [] }
    const same = credit.acts.find((each) => each.act === act)
    if (same) same.count += count
    else credit.acts.push({ act, count })
    credit.total += count
    people.set(personId, credit)
  }
  for (const { acts } of people.values()) acts.sort((one, other) => other.count - one.count)
  return [...people.values()].toSorted((one, other) => other.total - one.total)
}
