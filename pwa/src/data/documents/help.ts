import { graphql } from '../graphql.ts'

/** What the home shows of one's own calls. */
export const MyHelpQuery = graphql(`
  query MyHelp($storeId: UUID!) {
    helpCalls(first: 10, storeId: $storeId) {
      edges {
        node {
          id
          askedById
          askedAt
          state
          screen
          words
          answers { id byName at words }
        }
      }
    }
  }
`)
