import { graphql } from '../graphql.ts'

const StoreParts = graphql(`
  fragment StoreParts on Store {
    id
    code
    name
    nameEn
    kind
    zone
    latitude
    longitude
    radiusMetres
    opensAt
    closesAt
    dayCutoff
    region { id name nameEn }
    businessDay { day openedAt openedBy }
  }
`)

export const MeQuery = graphql(
  `
    query Me {
      me {
        id
        name
        kind
        assignments { role chainWide }
        permissions
        offlineHours
        stores { ...StoreParts }
      }
    }
  `,
  [StoreParts],
)
