import { graphql } from '../graphql.ts'
import { PhotoFields } from './photos.ts'
import { RefusalParts } from './writes.ts'

const DifferenceParts = graphql(`
  fragment DifferenceParts on DayDifference {
    sku { id name nameEn unit }
    quantity
    value
  }
`)

export const HandOverParts = graphql(
  `
    fragment HandOverParts on HandOver {
      id
      storeId
      day
      endsDay
      givenById
      givenByName
      givenAt
      note
      sales { amount baskets units }
      tasks { id title titleEn must dueAt isLate reason }
      differences { ...DifferenceParts }
      differencesCount
      belowZeroCount
      returnsWaiting
      returns { number refunds }
      unknownCodes
      wasted { ...DifferenceParts }
      wastedCount
      confirmations { byName at disputes { id taskId words } }
      photos { ...PhotoFields }
    }
  `,
  [DifferenceParts, PhotoFields],
)

export const DayQuery = graphql(
  `
    query Day($storeId: UUID!) {
      dayOf(storeId: $storeId) {
        storeId
        day
        openedAt
        previous { ...HandOverParts }
        latest { ...HandOverParts }
        openTasks
        sales { amount baskets units }
        differences { ...DifferenceParts }
        differencesCount
        belowZeroCount
        returnsWaiting
        returns { number refunds }
        unknownCodes
        wasted { ...DifferenceParts }
        wastedCount
        onShift { personId personName since place }
      }
    }
  `,
  [DifferenceParts, HandOverParts],
)

export const ClockIn = graphql(
  `
    mutation ClockIn($input: ClockInInput!) {
      clockIn(input: $input) { __typename ... on ClockInSuccess { entry { id place distanceMetres } } ...RefusalParts }
    }
  `,
  [RefusalParts],
)

export const ClockOut = graphql(
  `
    mutation ClockOut($input: ClockOutInput!) {
      clockOut(input: $input) { __typename ... on ClockOutSuccess { entry { id place distanceMetres } } ...RefusalParts }
    }
  `,
  [RefusalParts],
)

export const HandOver = graphql(
  `
    mutation HandOver($input: HandOverInput!) {
      handOver(input: $input) { __typename ... on HandOverSuccess { handOver { id } } ...RefusalParts }
    }
  `,
  [RefusalParts],
)

export const ConfirmHandOver = graphql(
  `
    mutation ConfirmHandOver($input: ConfirmHandOverInput!) {
      confirmHandOver(input: $input) { __typename ... on ConfirmHandOverSuccess { handOver { id } } ...RefusalParts }
    }
  `,
  [RefusalParts],
)

export const AskForHelp = graphql(
  `
    mutation AskForHelp($input: AskForHelpInput!) {
      askForHelp(input: $input) { __typename ... on AskForHelpSuccess { call { id } } ...RefusalParts }
    }
  `,
  [RefusalParts],
)
