import { graphql } from '../graphql.ts'
import { RefusalParts } from './writes.ts'

export const StartStocktake = graphql(
  `
    mutation StartStocktake($input: StartStocktakeInput!) {
      startStocktake(input: $input) { __typename ... on StartStocktakeSuccess { stocktakeId version } ...RefusalParts }
    }
  `,
  [RefusalParts],
)

export const RecordCounts = graphql(
  `
    mutation RecordCounts($input: RecordCountsInput!) {
      recordCounts(input: $input) {
        __typename
        ... on RecordCountsSuccess { stocktakeId version outcomes { id outcome problems { path code message messageZh } } }
        ...RefusalParts
      }
    }
  `,
  [RefusalParts],
)

export const AskRecount = graphql(
  `
    mutation AskRecount($input: AskRecountInput!) {
      askRecount(input: $input) {
        __typename
        ... on AskRecountSuccess { stocktakeId version rounds { skuId round } }
        ...RefusalParts
      }
    }
  `,
  [RefusalParts],
)

export const SettleCount = graphql(
  `
    mutation SettleCount($input: SettleCountInput!) {
      settleCount(input: $input) { __typename ... on SettleCountSuccess { stocktakeId version } ...RefusalParts }
    }
  `,
  [RefusalParts],
)

export const ConfirmStocktake = graphql(
  `
    mutation ConfirmStocktake($input: ConfirmStocktakeInput!) {
      confirmStocktake(input: $input) {
        __typename
        ... on ConfirmStocktakeSuccess { stocktakeId version posted changed leftOut }
        ...RefusalParts
      }
    }
  `,
  [RefusalParts],
)

export const CancelStocktake = graphql(
  `
    mutation CancelStocktake($input: CancelStocktakeInput!) {
      cancelStocktake(input: $input) { __typename ... on CancelStocktakeSuccess { stocktakeId version } ...RefusalParts }
    }
  `,
  [RefusalParts],
)

export const SessionParts = graphql(`
  fragment SessionParts on Stocktake {
    id
    storeId
    scope { kind zone ids }
    blind
    status
    version
    startedAt
    startedBy
    unknownCount
    counters { personId name lines firstAt lastAt }
  }
`)

export const SessionsQuery = graphql(
  `
    query CountSessions($storeId: UUID!) {
      stocktakes(storeId: $storeId, first: 20, status: OPEN) { edges { node { ...SessionParts } } }
    }
  `,
  [SessionParts],
)

/** Where lines stand: who counted which thing at which shelf; how many is not told to who counts blind. */
export const SeenQuery = graphql(`
  query CountSeen($id: UUID!, $after: Int!) {
    stocktake(id: $id) { version status lines(first: 100, afterVersion: $after) { hasMore lines { version skuId shelfId personId countedAt } } }
  }
`)

export const SheetQuery = graphql(
  `
    query CountSheet($id: UUID!, $after: String) {
      stocktake(id: $id) {
        ...SessionParts
        items(first: 100, after: $after, states: [RECOUNT, CONFLICT, SECOND_PERSON, READY, NOT_SEEN, OUTSIDE, PART]) {
          pageInfo { hasNextPage endCursor }
          edges {
            node {
              sku { id name nameEn unit }
              state
              round
              figures { personId shelfId units }
              counted
              book
              difference
              unsure
              value
              decision
              reason
            }
          }
        }
      }
    }
  `,
  [SessionParts],
)

export const ResultQuery = graphql(
  `
    query CountResult($id: UUID!) {
      stocktake(id: $id) {
        ...SessionParts
        result {
          linesRight { numerator denominator }
          differenceValue
          differenceUnits
          atCost
          minutesPerHundred { numerator value }
          shrinkage { sku { id name nameEn unit } units value }
          surplus { sku { id name nameEn unit } units value }
        }
      }
    }
  `,
  [SessionParts],
)

export const ProposalsQuery = graphql(`
  query CountProposals($storeId: UUID!) {
    countProposals(storeId: $storeId) { minutes items { sku { id } why whyZh } }
  }
`)
