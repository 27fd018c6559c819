/** The contract's words: every type of the server's data comes from `schema.graphql` through here. */
import { initGraphQLTada } from 'gql.tada'
import type { introspection } from '../generated/graphql-env.d.ts'

export const graphql = initGraphQLTada<{
  introspection: introspection
  disableMasking: true
  scalars: {
    UUID: string
    DateTime: string
    Date: string
    Fen: number
    StockRows: StockRow[]
  }
}>()

/** [store index, sku index, on hand, reserved, incoming, safety stock, sold units, version] */
export type StockRow = [number, number, number, number, number, number, number, number]

export type { ResultOf, VariablesOf, TadaDocumentNode } from 'gql.tada'
