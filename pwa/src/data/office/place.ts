/** Where a store is, and how far around it somebody is still at work. */
import { graphql, type ResultOf } from '../graphql.ts'
import { match } from '../match.ts'
import { ask } from '../transport.ts'
import { uuidv7 } from '../uuid.ts'
import { SaidNo } from './documents.ts'
import { no } from './people.ts'

const PlaceQuery = graphql(`
  query StorePlace($id: UUID!) {
    store(id: $id) { id name nameEn latitude longitude radiusMetres }
  }
`)

const SetStorePlace = graphql(
  `
    mutation SetStorePlace($input: SetStorePlaceInput!) {
      setStorePlace(input: $input) { __typename ... on SetStorePlaceSuccess { store { id radiusMetres } } ...SaidNo }
    }
  `,
  [SaidNo],
)

export type StorePlace = NonNullable<ResultOf<typeof PlaceQuery>['store']>

export async function placeOf(storeId: string): Promise<StorePlace | null> {
  return (await ask(PlaceQuery, { id: storeId })).store
}

export async function setPlace(storeId: string, latitude: number, longitude: number, radiusMetres: number): Promise<void> {
  const input = { requestId: uuidv7(), storeId, latitude, longitude, radiusMetres }
  const { setStorePlace: said } = await ask(SetStorePlace, { input })
  match(said, { InvalidInput: no, NotFound: no, NotPermitted: no, RequestIdConflict: no, SetStorePlaceSuccess: (): void => {} })
}
