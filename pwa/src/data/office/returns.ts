/** What a manager sees of what came back: how much, why, where it went, and how long until it was on sale again. */
import { clock } from '../clock.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { ask } from '../transport.ts'

const FiguresQuery = graphql(`
  query FiguresOfReturns($from: DateTime!, $to: DateTime!, $storeIds: [UUID!]) {
    returnFigures(from: $from, to: $to, storeIds: $storeIds) {
      returns
      units
      refund
      withoutProof
      overridden
      byReason { reason returns lotsResold medianHours }
      byDisposition { disposition returns }
      lotsResold
      medianHours
      p90Hours
      waiting
      waitingSince
    }
  }
`)

export type ReturnFigures = ResultOf<typeof FiguresQuery>['returnFigures']

const DAY_MS = 86_400_000

/** Of one store, or of all that the asker manages. */
export async function returnFigures(days: number, storeId?: string): Promise<ReturnFigures> {
  const now = clock.now()
  const span = { from: new Date(now - days * DAY_MS).toISOString(), to: new Date(now).toISOString() }
  return (await ask(FiguresQuery, { ...span, storeIds: storeId ? [storeId] : null })).returnFigures
}
