/** Checklists as headquarters designs them, and what became of them in the stores. */
import { PhotoFields } from '../documents/photos.ts'
import { graphql, type ResultOf, type VariablesOf } from '../graphql.ts'
import { match } from '../match.ts'
import { ask } from '../transport.ts'
import { SaidNo } from './documents.ts'
import { no } from './people.ts'

const ChecklistParts = graphql(`
  fragment ChecklistParts on Checklist {
    id
    version
    title
    titleEn
    items { id title titleEn kind unit min max must }
    must
    chainWide
    storeIds
    regionIds
    moment
    times
    weekdays
    validFrom
    validUntil
    active
    savedAt
    savedBy
  }
`)

const ChecklistsQuery = graphql(
  `
    query Checklists($first: Int!, $after: String) {
      checklists(first: $first, after: $after) {
        edges { node { ...ChecklistParts } }
        pageInfo { hasNextPage endCursor }
      }
    }
  `,
  [ChecklistParts],
)

const SaveChecklist = graphql(
  `
    mutation SaveChecklist($input: SaveChecklistInput!) {
      saveChecklist(input: $input) { __typename ... on SaveChecklistSuccess { checklist { id version } } ...SaidNo }
    }
  `,
  [SaidNo],
)

const AnswersQuery = graphql(
  `
    query ChecklistAnswers($checklistId: UUID!, $since: Date!, $until: Date!, $first: Int!, $after: String) {
      checklistAnswers(checklistId: $checklistId, since: $since, until: $until, first: $first, after: $after) {
        edges {
          node {
            storeId
            storeName
            storeNameEn
            task { id title titleEn state isLate dueAt doneAt doneByName photos { ...PhotoFields } }
            records {
              id
              byName
              doneAt
              isLate
              distanceMetres
              note
              answers { itemId title titleEn kind unit tick number text photoIds isOutside }
            }
          }
        }
        pageInfo { hasNextPage endCursor }
        totalCount
        due
        done
        onTime
        completionRate
        missingStoreIds
        waitingStoreIds
        waitingUntil
      }
    }
  `,
  [PhotoFields],
)

const FiguresQuery = graphql(`
  query ChecklistFigures($checklistId: UUID!, $since: Date!, $until: Date!) {
    checklistAnswers(checklistId: $checklistId, since: $since, until: $until, first: 1) {
      totalCount
      due
      done
      missingStoreIds
      waitingStoreIds
      waitingUntil
    }
  }
`)

const PAGE = 100
/** Each comes with all that was answered, so few fit into one question. */
const ANSWERS = 30

export type Checklist = ResultOf<typeof ChecklistParts>
export type Answers = ResultOf<typeof AnswersQuery>['checklistAnswers']
export type Answered = Answers['edges'][number]['node']
type SaveInput = VariablesOf<typeof SaveChecklist>['input']

/** All of them: a chain has dozens, not thousands. */
export async function allChecklists(): Promise<Checklist[]> {
  const found: Checklist[] = []
  for (let after: string | null = null, more = true; more; ) {
    const { edges, pageInfo }: ResultOf<typeof ChecklistsQuery>['checklists'] = (await ask(ChecklistsQuery, { first: PAGE, after })).checklists
    found.push(...edges.map(({ node }) => node))
    after = pageInfo.endCursor
    more = pageInfo.hasNextPage
  }
  return found
}

export async function checklistOf(id: string): Promise<Checklist | undefined> {
  return (await allChecklists()).find((checklist) => checklist.id === id)
}

export async function saveChecklist(input: SaveInput): Promise<void> {
  const { saveChecklist: said } = await ask(SaveChecklist, { input })
  match(said, { InvalidInput: no, NotFound: no, NotPermitted: no, RequestIdConflict: no, ChecklistMoved: no, SaveChecklistSuccess: (): void => {} })
}

export type Figures = ResultOf<typeof FiguresQuery>['checklistAnswers']

/** How a business day stands, in all stores. */
export async function figuresOf(checklistId: string, day: string): Promise<Figures> {
  return (await ask(FiguresQuery, { checklistId, since: day, until: day })).checklistAnswers
}

/** Who did it on a business day, newest first; the figures are of all pages. */
export async function answersOf(checklistId: string, day: string, after: string | null = null): Promise<Answers> {
  return (await ask(AnswersQuery, { checklistId, since: day, until: day, first: ANSWERS, after })).checklistAnswers
}
