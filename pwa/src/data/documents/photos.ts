import { graphql } from '../graphql.ts'

/** What other areas spread where they read photos. */
export const PhotoFields = graphql(`
  fragment PhotoFields on Photo {
    id
    storeId
    about
    aboutId
    standsFor
    status
    problem
    takenAt
    announcedAt
    width
    height
    url
    smallUrl
  }
`)

export const PhotosOfStore = graphql(
  `
    query PhotosOfStore($storeId: UUID!, $first: Int!, $after: String, $status: PhotoStatus) {
      photos(storeId: $storeId, first: $first, after: $after, status: $status) {
        edges { node { ...PhotoFields } }
        pageInfo { hasNextPage endCursor }
      }
    }
  `,
  [PhotoFields],
)

export const RetakePhoto = graphql(`
  mutation RetakePhoto($input: RetakePhotoInput!) {
    retakePhoto(input: $input) {
      __typename
      ... on RetakePhotoSuccess { photo { id } }
      ... on Refusal { code message messageZh }
      ... on InvalidInput { problems { path code message messageZh } }
    }
  }
`)
