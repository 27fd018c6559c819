/** What the chain keeps about a person beside what was done in the shops, for that person. Never kept on the device. */
import { graphql, type ResultOf } from '../graphql.ts'
import { ask } from '../transport.ts'

const OwnData = graphql(`
  query OwnData($personId: UUID!) {
    personalData(personId: $personId) {
      person { id name phone roles assignments { role chainWide storeIds regionIds validFrom validUntil } }
      phone
      views { kind purpose viewedAt }
    }
  }
`)

export type OwnData = ResultOf<typeof OwnData>['personalData']

/** Each call is written down as a view of its own. */
export async function ownData(personId: string): Promise<OwnData> {
  return (await ask(OwnData, { personId })).personalData
}
