/** Tasks that whoever leads a store gives to it, or headquarters to many at once, and takes back. */
import { graphql, type ResultOf, type VariablesOf } from '../graphql.ts'
import { match } from '../match.ts'
import { ask } from '../transport.ts'
import { uuidv7 } from '../uuid.ts'
import { SaidNo } from './documents.ts'
import { no, peoplePage } from './people.ts'

const AssignTask = graphql(
  `
    mutation AssignTask($input: AssignTaskInput!) {
      assignTask(input: $input) { __typename ... on AssignTaskSuccess { task { id } } ...SaidNo }
    }
  `,
  [SaidNo],
)

const SendTask = graphql(
  `
    mutation SendTask($input: SendTaskInput!) {
      sendTask(input: $input) { __typename ... on SendTaskSuccess { taskIds } ...SaidNo }
    }
  `,
  [SaidNo],
)

const WithdrawTask = graphql(
  `
    mutation WithdrawTask($input: WithdrawTaskInput!) {
      withdrawTask(input: $input) { __typename ... on WithdrawTaskSuccess { task { id } } ...SaidNo }
    }
  `,
  [SaidNo],
)

const GivenQuery = graphql(`
  query GivenTasks($storeId: UUID!) {
    tasks(storeId: $storeId, over: true) { id kind title titleEn state must dueAt isLate ownerName doneByName doneAt }
  }
`)

export type GivenTask = ResultOf<typeof GivenQuery>['tasks'][number]
export type NewTask = Omit<VariablesOf<typeof AssignTask>['input'], 'requestId'>

export type SentTask = Pick<NewTask, 'id' | 'title' | 'note' | 'photo' | 'must' | 'dueAt'> & { storeIds: string[] }

export interface Doer {
  id: string
  name: string
}

const NO = { InvalidInput: no, NotFound: no, NotPermitted: no, RequestIdConflict: no }
const DOES_TASKS = new Set(['CLERK', 'STORE_MANAGER'])

/** The task's own id makes it one task, however often it is sent. */
export async function assignTask(task: NewTask): Promise<void> {
  const { assignTask: said } = await ask(AssignTask, { input: { requestId: task.id, ...task } })
  match(said, { ...NO, AssignTaskSuccess: (): void => {} })
}

/** One task a store; the id makes it one sending, however often it is sent. */
export async function sendTask({ photo, ...task }: SentTask): Promise<void> {
  const need = photo
    ? { id: task.id, title: '拍照为证', titleEn: 'A picture of it', kind: 'PHOTO' as const }
    : { id: task.id, title: '做完了', titleEn: 'Done', kind: 'TICK' as const }
  const { sendTask: said } = await ask(SendTask, { input: { requestId: task.id, ...task, titleEn: task.title, items: [need] } })
  match(said, { ...NO, SendTaskSuccess: (): void => {} })
}

export async function takeBack(storeId: string, taskId: string): Promise<void> {
  const { withdrawTask: said } = await ask(WithdrawTask, { input: { requestId: uuidv7(), storeId, taskId } })
  match(said, { ...NO, TaskOver: no, WithdrawTaskSuccess: (): void => {} })
}

/** What was given to a store, by headquarters too if asked for: what is still to be done, and what was done today. */
export async function givenTasks(storeId: string, sentToo: boolean): Promise<GivenTask[]> {
  const { tasks } = await ask(GivenQuery, { storeId })
  return tasks.filter(({ kind, state }) => (kind === 'ASSIGNED' || (sentToo && kind === 'SENT')) && state !== 'WITHDRAWN')
}

/** Who works in a store. */
export async function doersOf(storeId: string): Promise<Doer[]> {
  const { items } = await peoplePage({ storeId })
  return items.filter(({ roles, leftAt }) => leftAt === null && roles.some((role) => DOES_TASKS.has(role))).map(({ id, name }) => ({ id, name }))
}
