/** Questions that a screen asks when it opens. */
import { MovementPage, StockLevelQuery, StockPage } from './documents/stock.ts'
import type { ResultOf, VariablesOf } from './graphql.ts'
import { ask } from './transport.ts'

export type Movement = ResultOf<typeof MovementPage>['movements']['edges'][number]['node']
export type StockLine = ResultOf<typeof StockPage>['stock']['edges'][number]['node']
export type StockDetail = NonNullable<ResultOf<typeof StockLevelQuery>['stockLevel']>
export type StockFilter = NonNullable<VariablesOf<typeof StockPage>['filter']>

export interface Page<Item> {
  items: Item[]
  next: string | null
  total: number | null
}

export async function movementsOf(
  storeId: string,
  skuId: string,
  after: string | null,
  first = 30,
): Promise<Page<Movement>> {
  const { movements } = await ask(MovementPage, { storeId, skuId, after, first })
  const { edges, pageInfo } = movements
  return { items: edges.map(({ node }) => node), next: pageInfo.hasNextPage ? pageInfo.endCursor : null, total: null }
}

export async function stockPage(filter: StockFilter, after: string | null, first = 50): Promise<Page<StockLine>> {
  const { stock } = await ask(StockPage, { filter, after, first })
  const { edges, pageInfo, totalCount } = stock
  return {
    items: edges.map(({ node }) => node),
    next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
    total: totalCount,
  }
}

export async function stockDetail(storeId: string, skuId: string): Promise<StockDetail | null> {
  return (await ask(StockLevelQuery, { storeId, skuId })).stockLevel
}
