import { graphql } from '../graphql.ts'
import { PhotoFields } from './photos.ts'
import { RefusalParts } from './writes.ts'

export const RecordReturn = graphql(
  `
    mutation RecordReturn($input: RecordReturnInput!) {
      recordReturn(input: $input) {
        __typename
        ... on RecordReturnSuccess { returned { id disposition } neededAt { storeName storeNameEn lacks } }
        ...RefusalParts
      }
    }
  `,
  [RefusalParts],
)

export const CancelReturn = graphql(
  `
    mutation CancelReturn($input: CancelReturnInput!) {
      cancelReturn(input: $input) {
        __typename
        ... on CancelReturnSuccess { returned { id } }
        ...RefusalParts
      }
    }
  `,
  [RefusalParts],
)

export const InspectLot = graphql(
  `
    mutation InspectLot($input: InspectLotInput!) {
      inspectLot(input: $input) {
        __typename
        ... on InspectLotSuccess { returned { id } }
        ...RefusalParts
      }
    }
  `,
  [RefusalParts],
)

export const SalesToReturn = graphql(`
  query SalesToReturn($storeId: UUID!, $by: SaleSought!) {
    salesToReturn(storeId: $storeId, by: $by) {
      saleId
      storeName
      storeNameEn
      soldHere
      soldAt
      lines { lineId sku { id name nameEn unit } sold returned left paid }
    }
  }
`)

export const ReturnPolicyQuery = graphql(`
  query ReturnPolicy {
    returnPolicy {
      rules { name reasons conditions handlings ages disposition firm why whyEn }
      handlings { categoryId handling }
      youngDays
      unitsWithoutProof
    }
  }
`)

export const QuarantineLots = graphql(
  `
    query QuarantineLots($storeId: UUID!) {
      quarantineLots(storeId: $storeId) {
        id
        units
        reason
        condition
        note
        occurredAt
        by
        why
        whyEn
        sku { id name nameEn unit }
        lot { putAt questions }
        photos { ...PhotoFields }
      }
    }
  `,
  [PhotoFields],
)

export const ReturnsOfDay = graphql(`
  query ReturnsOfDay($storeId: UUID!) { returnsOfDay(storeId: $storeId) { taken waiting waitingSince } }
`)
