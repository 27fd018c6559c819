/** Programs that may speak to the chain. A secret is told once, to the screen that asked for it, and kept nowhere. */
import { graphql, type ResultOf, type VariablesOf } from '../graphql.ts'
import { match } from '../match.ts'
import type { Page } from '../readings.ts'
import { ask } from '../transport.ts'
import { uuidv7 } from '../uuid.ts'
import { SaidNo } from './documents.ts'
import { no, pageOf } from './people.ts'

const ChannelPage = graphql(`
  query Channels($first: Int!, $after: String) {
    channelClients(first: $first, after: $after) {
      edges {
        node {
          id
          clientId
          name
          kind
          chainWide
          storeCount
          revokedAt
          lastUsedAt
          secrets { id prefix createdAt endsAt lastUsedAt }
          health { state lastTokenAt lastRefusedAt lastRefusal refusals }
        }
      }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`)

const RotateSecret = graphql(
  `
    mutation RotateSecret($input: RotateClientSecretInput!) {
      rotateClientSecret(input: $input) { __typename ... on RotateClientSecretSuccess { secret } ...SaidNo }
    }
  `,
  [SaidNo],
)

const RetireSecret = graphql(
  `
    mutation RetireSecret($input: RetireClientSecretInput!) {
      retireClientSecret(input: $input) { __typename ... on RetireClientSecretSuccess { client { id } } ...SaidNo }
    }
  `,
  [SaidNo],
)

const RegisterChannel = graphql(
  `
    mutation RegisterChannel($input: RegisterChannelClientInput!) {
      registerChannelClient(input: $input) {
        __typename
        ... on RegisterChannelClientSuccess { secret client { clientId } }
        ...SaidNo
      }
    }
  `,
  [SaidNo],
)

const RevokeChannel = graphql(
  `
    mutation RevokeChannel($input: RevokeChannelClientInput!) {
      revokeChannelClient(input: $input) { __typename ... on RevokeChannelClientSuccess { client { id } } ...SaidNo }
    }
  `,
  [SaidNo],
)

const REFUSALS = { InvalidInput: no, NotFound: no, NotPermitted: no, RequestIdConflict: no }
const PAGE = 100

export type NewChannel = VariablesOf<typeof RegisterChannel>['input']
export const KINDS: readonly NewChannel['kind'][] = ['TILL', 'PLATFORM', 'ERP', 'OTHER']
export type Channel = ResultOf<typeof ChannelPage>['channelClients']['edges'][number]['node']

export async function channelPage(after: string | null = null): Promise<Page<Channel>> {
  return pageOf((await ask(ChannelPage, { first: PAGE, after })).channelClients)
}

/** Null when the answer was lost and asked for again: it is told once. */
export async function rotateSecret(channelId: string, oldSecretHours: number): Promise<string | null> {
  const { rotateClientSecret } = await ask(RotateSecret, { input: { requestId: uuidv7(), channelId, oldSecretHours } })
  return match(rotateClientSecret, { ...REFUSALS, RotateClientSecretSuccess: ({ secret }): string | null => secret })
}

export async function retireSecret(channelId: string, secretId: string): Promise<void> {
  const { retireClientSecret } = await ask(RetireSecret, { input: { requestId: uuidv7(), channelId, secretId } })
  match(retireClientSecret, { ...REFUSALS, RetireClientSecretSuccess: (): void => {} })
}

/** The name that it calls itself by, and its secret: null when the answer was lost and asked for again. */
export async function registerChannel(input: NewChannel): Promise<{ clientId: string; secret: string | null }> {
  const { registerChannelClient } = await ask(RegisterChannel, { input })
  return match(registerChannelClient, {
    ...REFUSALS,
    RegisterChannelClientSuccess: ({ secret, client }): { clientId: string; secret: string | null } => ({ clientId: client.clientId, secret }),
  })
}

export async function revokeChannel(channelId: string): Promise<void> {
  const { revokeChannelClient } = await ask(RevokeChannel, { input: { requestId: uuidv7(), channelId } })
  match(revokeChannelClient, { ...REFUSALS, RevokeChannelClientSuccess: (): void => {} })
}
