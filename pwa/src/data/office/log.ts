/** The operation log, for whoever audits the chain; nothing of it is kept on the device. */
import { graphql, type ResultOf } from '../graphql.ts'
import type { Page } from '../readings.ts'
import { ask } from '../transport.ts'
import { pageOf } from './people.ts'

const LogPage = graphql(`
  query OperationLog($first: Int!, $after: String, $storeId: UUID, $acts: [String!]) {
    operations(first: $first, after: $after, storeId: $storeId, acts: $acts) {
      edges {
        node {
          storeId
          seq
          act
          actor { id name }
          writtenAt
          body
          hash
          names { id name }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`)

const SealQuery = graphql(`
  query SealOfOperation($seq: Int!, $storeId: UUID) {
    operationProof(seq: $seq, storeId: $storeId) { seal { number body } }
  }
`)

const PAGE = 50

export type LogEntry = ResultOf<typeof LogPage>['operations']['edges'][number]['node']

export interface LogSeal {
  number: number
  at: string
}

export async function logPage(wanted: { storeId?: string; acts?: readonly string[] }, after: string | null = null): Promise<Page<LogEntry>> {
  const { storeId = null, acts } = wanted
  const { operations } = await ask(LogPage, { first: PAGE, after, storeId, acts: acts ? [...acts] : null })
  return pageOf({ ...operations, totalCount: null })
}

/** The first seal that covers an entry; null while none does. */
export async function sealOf({ seq, storeId }: LogEntry): Promise<LogSeal | null> {
  const seal = (await ask(SealQuery, { seq, storeId })).operationProof?.seal
  return seal ? { number: seal.number, at: (JSON.parse(seal.body) as { at: string }).at } : null
}
