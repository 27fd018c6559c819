/** Arranging a store's shelves, printing their labels, and saying what a code is that nobody knew. */
import { PhotoFields } from '../documents/photos.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { match } from '../match.ts'
import type { Page } from '../readings.ts'
import { ask, Refused, SAID_BY_US, SignedOut, Unreachable } from '../transport.ts'
import { uuidv7 } from '../uuid.ts'
import { SaidNo } from './documents.ts'
import { no, pageOf } from './people.ts'

const ShelvesQuery = graphql(`
  query StoreShelves($storeId: UUID!) {
    shelves(storeId: $storeId) { id zone code name place skuIds }
  }
`)

const AddShelves = graphql(
  `
    mutation AddShelves($input: AddShelvesInput!) {
      addShelves(input: $input) { __typename ... on AddShelvesSuccess { shelves { id } } ...SaidNo }
    }
  `,
  [SaidNo],
)

const ChangeShelf = graphql(
  `
    mutation ChangeShelf($input: ChangeShelfInput!) {
      changeShelf(input: $input) { __typename ... on ChangeShelfSuccess { shelf { id skuIds } } ...SaidNo }
    }
  `,
  [SaidNo],
)

const RetireShelf = graphql(
  `
    mutation RetireShelf($input: RetireShelfInput!) {
      retireShelf(input: $input) { __typename ... on RetireShelfSuccess { shelf { id } } ...SaidNo }
    }
  `,
  [SaidNo],
)

const UnknownCodes = graphql(
  `
    query UnknownCodes($first: Int!, $after: String) {
      unknownCodes(first: $first, after: $after) {
        edges {
          node {
            code
            times
            quantity
            storeCount
            lastFoundAt
            sightings { id storeId shelfCode foundAt quantity photo { ...PhotoFields } }
            suggestions { skuId gtin packUnits likeness sku { id code name nameEn } }
          }
        }
        pageInfo { hasNextPage endCursor }
        totalCount
      }
    }
  `,
  [PhotoFields],
)

const ResolveCode = graphql(
  `
    mutation ResolveCode($input: ResolveCodeInput!) {
      resolveCode(input: $input) { __typename ... on ResolveCodeSuccess { settled counted } ...SaidNo }
    }
  `,
  [SaidNo],
)

const SettledCodes = graphql(`
  query SettledCodes($first: Int!, $after: String) {
    settledCodes(first: $first, after: $after) {
      edges { node { code times settledAt sku { id code name nameEn } } }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`)

const ReopenCode = graphql(
  `
    mutation ReopenCode($input: ReopenCodeInput!) {
      reopenCode(input: $input) { __typename ... on ReopenCodeSuccess { reopened posted } ...SaidNo }
    }
  `,
  [SaidNo],
)

const REFUSALS = { InvalidInput: no, NotFound: no, NotPermitted: no, RequestIdConflict: no }
const PAGE = 50

export type StoreShelf = ResultOf<typeof ShelvesQuery>['shelves'][number]
export type WaitingCode = ResultOf<typeof UnknownCodes>['unknownCodes']['edges'][number]['node']
export type SettledCode = ResultOf<typeof SettledCodes>['settledCodes']['edges'][number]['node']
export type LabelSize = 'small' | 'medium' | 'large'

let said: Promise<unknown> = Promise.resolve()

/** A hand scans faster than a network answers: one after the other, and whoever reads the shelves reads what was said. */
export function inTurn(work: () => Promise<void>): void {
  said = said.then(work).catch((error: unknown) => console.error(error))
}

export async function shelvesOf(storeId: string): Promise<StoreShelf[]> {
  await said
  return (await ask(ShelvesQuery, { storeId })).shelves
}

export async function addShelves(storeId: string, zone: string, codes: string[], name: string): Promise<void> {
  const { addShelves: told } = await ask(AddShelves, { input: { requestId: uuidv7(), storeId, zone, codes, name } })
  match(told, { ...REFUSALS, AddShelvesSuccess: (): void => {} })
}

export async function changeShelf(shelfId: string, change: { zone: string; code: string; name: string }): Promise<void> {
  const { changeShelf: told } = await ask(ChangeShelf, { input: { requestId: uuidv7(), shelfId, ...change } })
  match(told, { ...REFUSALS, ChangeShelfSuccess: (): void => {} })
}

export interface Goods {
  addSkuIds?: string[]
  removeSkuIds?: string[]
}

/** Says what belongs on a shelf, besides what is known to; returns all that does now. */
export async function changeGoods(shelfId: string, change: Goods): Promise<string[]> {
  const { changeShelf: told } = await ask(ChangeShelf, { input: { requestId: uuidv7(), shelfId, ...change } })
  return match(told, { ...REFUSALS, ChangeShelfSuccess: ({ shelf }): string[] => shelf.skuIds })
}

export async function retireShelf(shelfId: string): Promise<void> {
  const { retireShelf: told } = await ask(RetireShelf, { input: { requestId: uuidv7(), shelfId } })
  match(told, { NotFound: no, NotPermitted: no, RequestIdConflict: no, RetireShelfSuccess: (): void => {} })
}

export async function waitingCodes(after: string | null = null): Promise<Page<WaitingCode>> {
  return pageOf((await ask(UnknownCodes, { first: PAGE, after })).unknownCodes)
}

/** Without an SKU it is none of ours. Returns how many finds have become counts. */
export async function resolveCode(code: string, skuId: string | null, packUnits = 1): Promise<number> {
  const { resolveCode: told } = await ask(ResolveCode, { input: { requestId: uuidv7(), code, skuId, packUnits } })
  return match(told, { ...REFUSALS, ResolveCodeSuccess: ({ counted }): number => counted })
}

/** Those of the last 30 days, last settled first. */
export async function settledCodes(after: string | null = null): Promise<Page<SettledCode>> {
  return pageOf((await ask(SettledCodes, { first: PAGE, after })).settledCodes)
}

/** Takes back what was said last of a code. Returns how many finds stay, because they are posted already. */
export async function reopenCode(code: string): Promise<number> {
  const { reopenCode: told } = await ask(ReopenCode, { input: { requestId: uuidv7(), code } })
  return match(told, { ...REFUSALS, ReopenCodeSuccess: ({ posted }): number => posted })
}

/** The labels of some shelves, or of all of them, as a file to print; or a picture of the first sheet of it. */
export async function labelsOf(storeId: string, size: LabelSize, shelfIds: string[] = [], as: 'pdf' | 'svg' = 'pdf'): Promise<Blob> {
  const wanted = new URLSearchParams([['store', storeId], ['size', size], ...shelfIds.map((id) => ['shelf', id])])
  const answer = await fetch(`/labels/shelves.${as}?${wanted}`, { headers: SAID_BY_US }).catch((cause: unknown) => {
    throw new Unreachable(undefined, { cause })
  })
  if (answer.ok) return await answer.blob()
  if (answer.status === 401) throw new SignedOut()
  const told = (await answer.json()) as { errors: [{ message: string; extensions: { code: string; messageZh: string } }] }
  const [{ message, extensions }] = told.errors
  throw new Refused(extensions.code, message, extensions.messageZh)
}
