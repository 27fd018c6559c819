import { graphql } from '../graphql.ts'

export const PushKeyQuery = graphql(`query PushKey { pushPublicKey }`)

export const SubscribePush = graphql(`
  mutation SubscribePush($input: SubscribePushInput!) {
    subscribePush(input: $input) {
      __typename
      ... on SubscribePushSuccess { subscriptionId }
      ... on Refusal { code message messageZh }
    }
  }
`)

export const UnsubscribePush = graphql(`
  mutation UnsubscribePush($input: UnsubscribePushInput!) {
    unsubscribePush(input: $input) {
      __typename
      ... on UnsubscribePushSuccess { removed }
      ... on Refusal { code message messageZh }
    }
  }
`)
