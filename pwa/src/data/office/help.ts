/** Calls for help from the stores, and answers to them. */
import { PhotoFields } from '../documents/photos.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { match } from '../match.ts'
import { ask } from '../transport.ts'
import { uuidv7 } from '../uuid.ts'
import { SaidNo } from './documents.ts'
import { no } from './people.ts'

const CallsQuery = graphql(
  `
    query HelpInbox($first: Int!, $after: String, $states: [HelpState!]) {
      helpCalls(first: $first, after: $after, states: $states) {
        edges {
          node {
            id
            storeId
            storeName
            storeNameEn
            askedByName
            askedAt
            state
            screen
            subject
            subjectId
            lastProblem
            words
            answers { id byName at words }
            photos { ...PhotoFields }
          }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  `,
  [PhotoFields],
)

const AnswerHelp = graphql(
  `
    mutation AnswerHelp($input: AnswerHelpInput!) {
      answerHelp(input: $input) { __typename ... on AnswerHelpSuccess { call { id state } } ...SaidNo }
    }
  `,
  [SaidNo],
)

const PAGE = 30

export type InboxCall = ResultOf<typeof CallsQuery>['helpCalls']['edges'][number]['node']
export interface InboxPage {
  calls: InboxCall[]
  next: string | null
}

/** What nobody has answered, or everything, newest first. */
export async function inbox(unanswered: boolean, after: string | null = null): Promise<InboxPage> {
  const { edges, pageInfo } = (await ask(CallsQuery, { first: PAGE, after, states: unanswered ? ['WAITING'] : null })).helpCalls
  return { calls: edges.map(({ node }) => node), next: pageInfo.hasNextPage ? pageInfo.endCursor : null }
}

export async function answerHelp({ id, storeId }: InboxCall, words: string | null, close: boolean): Promise<void> {
  const { answerHelp: said } = await ask(AnswerHelp, { input: { requestId: uuidv7(), storeId, helpId: id, words, close } })
  match(said, { InvalidInput: no, NotFound: no, NotPermitted: no, RequestIdConflict: no, AnswerHelpSuccess: (): void => {} })
}
