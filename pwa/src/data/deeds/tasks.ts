/** What is to be done in a shop: taken by somebody, left again, and done. */
import { AnswerRestock, CompleteTask, LeaveTask, TakeTask } from '../documents/tasks.ts'
import type { VariablesOf } from '../graphql.ts'
import { match } from '../match.ts'
import type { Operation } from '../operations.ts'
import { uuidv7 } from '../uuid.ts'
import { accepted, kind, refused, type NamedLine } from './deed.ts'
import { record } from './record.ts'

interface OfTask {
  lines: NamedLine[]
  title: string
  titleEn: string
}

export interface CompleteTaskDeed extends OfTask {
  kind: 'complete-task'
  input: VariablesOf<typeof CompleteTask>['input']
}

export interface TakeTaskDeed extends OfTask {
  kind: 'take-task'
  input: VariablesOf<typeof TakeTask>['input']
}

export interface RestockDeed {
  kind: 'restock'
  lines: NamedLine[]
  input: VariablesOf<typeof AnswerRestock>['input']
}

export interface LeaveTaskDeed extends OfTask {
  kind: 'leave-task'
  input: VariablesOf<typeof LeaveTask>['input']
}

interface Task {
  id: string
  storeId: string
  title: string
  titleEn: string
}

export interface Given {
  itemId: string
  tick: boolean | null
  number: number | null
  text: string | null
  photos: CompleteTaskDeed['input']['photos']
}

export function completeTask(task: Task, given: readonly Given[], note: string | null): Promise<Operation> {
  const answers = given.map(({ photos, ...answer }) => ({ ...answer, photoIds: photos.map(({ id }) => id) }))
  const input = { taskId: task.id, recordId: uuidv7(), answers, photos: given.flatMap(({ photos }) => photos), note }
  return record((common) => ({ kind: 'complete-task', ...named(task), input: { ...common, ...input } }), task)
}

interface Goods {
  id: string
  name: string
  nameEn: string
  unit: string
}

/** What became of a shelf that was to be filled. */
export function answerRestock({ id, name, nameEn, unit }: Goods, outcome: RestockDeed['input']['outcome']): Promise<Operation> {
  const lines = [{ skuId: id, name, nameEn, unit, quantity: 0 }]
  return record((common) => ({ kind: 'restock', lines, input: { ...common, skuId: id, recordId: uuidv7(), outcome } }))
}

/** Also from whoever has taken it: she stands before the shelf and knows better than the list. */
export function takeTask(task: Task): Promise<Operation> {
  return record((common) => ({ kind: 'take-task', ...named(task), input: { ...common, taskId: task.id, takeOver: true } }), task)
}

export function leaveTask(task: Task): Promise<Operation> {
  return record(({ requestId, storeId }) => ({ kind: 'leave-task', ...named(task), input: { requestId, storeId, taskId: task.id } }), task)
}

function named({ title, titleEn }: Task): OfTask {
  return { lines: [], title, titleEn }
}

const title = (deed: OfTask): { name: string; nameEn: string } => ({ name: deed.title, nameEn: deed.titleEn })
const NO = { InvalidInput: refused, NotFound: refused, NotPermitted: refused, OnlyPeople: refused, RequestIdConflict: refused }

export const taskCompleted = kind<CompleteTaskDeed>()({
  icon: 'check',
  document: CompleteTask,
  variables: ({ input }) => ({ input }),
  fate: (answer) => match(answer.completeTask, { ...NO, CompleteTaskSuccess: accepted, TaskFollowsBooks: refused }),
  words: (deed, say) => say.t('operations.completeTask', { title: say.name(title(deed)) }),
})

export const taskTaken = kind<TakeTaskDeed>()({
  icon: 'person',
  quiet: true,
  document: TakeTask,
  variables: ({ input }) => ({ input }),
  fate: (answer) => match(answer.takeTask, { ...NO, TakeTaskSuccess: accepted, TaskTaken: refused, TaskOver: refused }),
  words: (deed, say) => say.t('operations.takeTask', { title: say.name(title(deed)) }),
})

export const restocked = kind<RestockDeed>()({
  icon: 'box',
  document: AnswerRestock,
  variables: ({ input }) => ({ input }),
  fate: (answer) => match(answer.answerRestock, { ...NO, AnswerRestockSuccess: accepted }),
  words: ({ lines: [item], input }, say) => say.t(`operations.restock.${input.outcome}`, { item: item ? say.name(item) : '' }),
})

export const taskLeft = kind<LeaveTaskDeed>()({
  icon: 'undo',
  quiet: true,
  document: LeaveTask,
  variables: ({ input }) => ({ input }),
  fate: (answer) => match(answer.leaveTask, { ...NO, LeaveTaskSuccess: accepted }),
  words: (deed, say) => say.t('operations.leaveTask', { title: say.name(title(deed)) }),
})
