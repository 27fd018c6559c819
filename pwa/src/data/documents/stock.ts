import { graphql } from '../graphql.ts'

export const LevelParts = graphql(`
  fragment LevelParts on StockChange {
    storeId
    skuId
    onHand
    reserved
    available
    incoming
    safetyStock
    belowSafety
    soldUnits
    version
  }
`)

export const SkuParts = graphql(`
  fragment SkuParts on Sku {
    id
    code
    name
    nameEn
    unit
    category { id }
    gtins { gtin packUnits }
  }
`)

export const SkuPage = graphql(
  `
    query SkuPage($first: Int!, $after: String, $text: String, $storeId: UUID!) {
      skus(first: $first, after: $after, text: $text) {
        edges { node { ...SkuParts price(storeId: $storeId) } }
        pageInfo { hasNextPage endCursor }
        totalCount
      }
    }
  `,
  [SkuParts],
)

export const CatalogueChanges = graphql(
  `
    query CatalogueChanges($storeId: UUID!, $known: [String!]!) {
      catalogueChanges(storeId: $storeId, known: $known) {
        complete
        blocks { number digest skus { ...SkuParts price(storeId: $storeId) } }
      }
    }
  `,
  [SkuParts],
)

export const SkuByCode = graphql(
  `
    query SkuByCode($code: String!, $storeId: UUID!) {
      skuByCode(code: $code, storeId: $storeId) {
        packUnits
        sku { ...SkuParts price(storeId: $storeId) }
      }
    }
  `,
  [SkuParts],
)

export const InStorePatterns = graphql(`
  query InStorePatterns { inStorePatterns { prefix itemDigits valueDigits measure priceCheck } }
`)

export const CategoriesQuery = graphql(`query Categories { categories { id code name nameEn parentId } }`)

export const StockGridQuery = graphql(`
  query StockGrid($filter: StockFilter) {
    stockGrid(filter: $filter) { cursor asOf storeIds skuIds rows }
  }
`)

export const StockPage = graphql(`
  query StockPage($first: Int!, $after: String, $filter: StockFilter) {
    stock(first: $first, after: $after, filter: $filter) {
      edges {
        node {
          store { id name nameEn }
          sku { id code name nameEn unit category { id } }
          onHand
          reserved
          available
          incoming
          safetyStock
          belowSafety
          version
        }
      }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`)

export const StockLevelQuery = graphql(`
  query StockLevel($storeId: UUID!, $skuId: UUID!) {
    stockLevel(storeId: $storeId, skuId: $skuId) {
      store { id name nameEn latitude longitude radiusMetres }
      sku { id code name nameEn unit price(storeId: $storeId) cost margin(storeId: $storeId) marginRate(storeId: $storeId) }
      onHand
      reserved
      available
      incoming
      safetyStock
      belowSafety
      version
    }
  }
`)

export const MovementPage = graphql(`
  query MovementPage($storeId: UUID!, $skuId: UUID!, $first: Int!, $after: String) {
    movements(storeId: $storeId, skuId: $skuId, first: $first, after: $after) {
      edges {
        node {
          id
          kind
          quantity
          reservedChange
          balance
          amount
          reason
          note
          occurredAt
          clockErrorSeconds
          latitude
          longitude
          by
          source
          version
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`)

export const StockChanges = graphql(
  `
    subscription StockChanges($after: String, $filter: StockFilter) {
      stockChanges(after: $after, filter: $filter) {
        __typename
        ... on StockSnapshot { cursor levels { ...LevelParts } }
        ... on StockChanged { cursor sequence changes { ...LevelParts } }
        ... on ResyncRequired { reason }
      }
    }
  `,
  [LevelParts],
)
