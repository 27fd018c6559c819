import { graphql } from '../graphql.ts'

export const PlacesQuery = graphql(`
  query CountPlaces($storeId: UUID!) {
    shelves(storeId: $storeId) { id zone code name place path skuIds }
    inStorePatterns { prefix itemDigits valueDigits measure priceCheck }
  }
`)
