import { graphql } from '../graphql.ts'
import { PhotoFields } from './photos.ts'
import { RefusalParts } from './writes.ts'

export const TaskParts = graphql(
  `
    fragment TaskParts on Task {
      id
      kind
      storeId
      day
      dueAt
      quantity
      priority
      title
      titleEn
      why
      whyEn
      note
      must
      state
      isLate
      needs { id title titleEn kind unit min max must }
      ownerId
      ownerName
      doneById
      doneByName
      doneAt
      sku { id name nameEn unit }
      skuIds
      photos { ...PhotoFields }
    }
  `,
  [PhotoFields],
)

export const CompleteTask = graphql(
  `
    mutation CompleteTask($input: CompleteTaskInput!) {
      completeTask(input: $input) {
        __typename
        ... on CompleteTaskSuccess { alsoDoneBy alsoDoneAt followUpIds }
        ...RefusalParts
      }
    }
  `,
  [RefusalParts],
)

export const AnswerRestock = graphql(
  `
    mutation AnswerRestock($input: AnswerRestockInput!) {
      answerRestock(input: $input) {
        __typename
        ... on AnswerRestockSuccess { followUpId }
        ...RefusalParts
      }
    }
  `,
  [RefusalParts],
)

export const TakeTask = graphql(
  `
    mutation TakeTask($input: TakeTaskInput!) {
      takeTask(input: $input) {
        __typename
        ... on TakeTaskSuccess { task { id ownerId } }
        ...RefusalParts
      }
    }
  `,
  [RefusalParts],
)

export const LeaveTask = graphql(
  `
    mutation LeaveTask($input: LeaveTaskInput!) {
      leaveTask(input: $input) {
        __typename
        ... on LeaveTaskSuccess { task { id ownerId } }
        ...RefusalParts
      }
    }
  `,
  [RefusalParts],
)

export const TasksQuery = graphql(
  `
    query Tasks($storeId: UUID!) {
      tasks(storeId: $storeId, over: true) { ...TaskParts }
    }
  `,
  [TaskParts],
)
