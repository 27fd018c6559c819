/** The contract's words: every type of the server's data comes from `schema.graphql` through here. */
import type { DocumentNode } from '@0no-co/graphql.web'
import { initGraphQLTada } from 'gql.tada'
import type { introspection } from '../generated/graphql-env.d.ts'

const read = initGraphQLTada<{
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

/** A document of the contract. It is read when it is first asked for: the home has dozens, and needs few to begin. */
export const graphql = ((...words: Parameters<typeof read>) => whenAsked(() => read(...words) as DocumentNode)) as typeof read

function whenAsked(make: () => DocumentNode): DocumentNode {
  let made: DocumentNode | undefined
  return {
    kind: 'Document' as DocumentNode['kind'],
    get definitions() {
      return (made ??= make()).definitions
    },
  }
}

/** [store index, sku index, on hand, reserved, incoming, safety stock, sold units, version] */
export type StockRow = [number, number, number, number, number, number, number, number]

export type { ResultOf, VariablesOf, TadaDocumentNode } from 'gql.tada'
