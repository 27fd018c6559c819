/** Where more of a thing may be found to fill its shelf. */
import { graphql, type ResultOf } from './graphql.ts'
import { ask } from './transport.ts'

const SourcesQuery = graphql(`
  query RestockSources($storeId: UUID!, $skuId: UUID!) {
    restockSources(storeId: $storeId, skuId: $skuId) {
      onHand
      promised
      safetyStock
      missing
      inQuarantine
      shelves { zone code name }
      stores { storeName storeNameEn spare distanceM }
    }
  }
`)

export type RestockSources = ResultOf<typeof SourcesQuery>['restockSources']

export async function restockSources(storeId: string, skuId: string): Promise<RestockSources> {
  return (await ask(SourcesQuery, { storeId, skuId })).restockSources
}
