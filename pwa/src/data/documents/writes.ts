import { graphql } from '../graphql.ts'

const LineParts = graphql(`fragment LineParts on PostedLine { skuId quantity onHand belowZero amount }`)

export const RefusalParts = graphql(`
  fragment RefusalParts on Refusal {
    __typename
    code
    message
    messageZh
    ... on InvalidInput { problems { path code message messageZh } }
    ... on StockMoved { expected actual }
  }
`)

export const RecordSale = graphql(
  `
    mutation RecordSale($input: RecordSaleInput!) {
      recordSale(input: $input) {
        __typename
        ... on RecordSaleSuccess { saleId recordedAt total clockErrorSeconds lines { ...LineParts } }
        ...RefusalParts
      }
    }
  `,
  [LineParts, RefusalParts],
)

export const RecordMovements = graphql(
  `
    mutation RecordMovements($input: RecordMovementsInput!) {
      recordMovements(input: $input) {
        __typename
        ... on RecordMovementsSuccess {
          recorded
          repeated
          refused
          outcomes { eventId status onHand problems { path code message messageZh } }
        }
        ...RefusalParts
      }
    }
  `,
  [RefusalParts],
)

export const AdjustStock = graphql(
  `
    mutation AdjustStock($input: AdjustStockInput!) {
      adjustStock(input: $input) {
        __typename
        ... on AdjustStockSuccess { adjustmentId recordedAt line { ...LineParts } }
        ...RefusalParts
      }
    }
  `,
  [LineParts, RefusalParts],
)

export const OpenBusinessDay = graphql(
  `
    mutation OpenBusinessDay($input: OpenBusinessDayInput!) {
      openBusinessDay(input: $input) {
        __typename
        ... on OpenBusinessDaySuccess { store { id businessDay { day openedAt openedBy } } }
        ...RefusalParts
      }
    }
  `,
  [RefusalParts],
)
