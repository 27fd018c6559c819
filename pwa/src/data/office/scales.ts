/** How the chain's scales write their codes, for headquarters: the patterns, and what the server makes of a code. */
import { graphql } from '../graphql.ts'
import type { InStorePattern } from '../in-store-codes.ts'
import { SkuByCode } from '../documents/stock.ts'
import { match } from '../match.ts'
import { ask } from '../transport.ts'
import { uuidv7 } from '../uuid.ts'
import { SaidNo } from './documents.ts'
import { no } from './people.ts'

const Scales = graphql(`query Scales { inStorePatterns { prefix itemDigits valueDigits measure priceCheck } }`)

const SetInStorePatterns = graphql(
  `
    mutation SetInStorePatterns($input: SetInStorePatternsInput!) {
      setInStorePatterns(input: $input) {
        __typename
        ... on SetInStorePatternsSuccess { patterns { prefix itemDigits valueDigits measure priceCheck } }
        ...SaidNo
      }
    }
  `,
  [SaidNo],
)

export interface MeantItem {
  name: string
  nameEn: string
  unit: string
  units: number
}

export async function scales(): Promise<InStorePattern[]> {
  return (await ask(Scales, {})).inStorePatterns
}

/** Replaces all of them; refused when they are not as `expected` any more. */
export async function setScales(patterns: readonly InStorePattern[], expected: readonly InStorePattern[]): Promise<InStorePattern[]> {
  const input = { requestId: uuidv7(), patterns: [...patterns], expected: [...expected] }
  const { setInStorePatterns: told } = await ask(SetInStorePatterns, { input })
  return match(told, { InvalidInput: no, NotPermitted: no, RequestIdConflict: no, SetInStorePatternsSuccess: ({ patterns: now }) => now })
}

/** What a code means in a store, and how many base units of it; null when nobody knows, or when its price is missing. */
export async function meantBy(code: string, storeId: string): Promise<MeantItem | null> {
  const { skuByCode } = await ask(SkuByCode, { code, storeId })
  if (!skuByCode) return null
  const { name, nameEn, unit } = skuByCode.sku
  return { name, nameEn, unit, units: skuByCode.packUnits }
}
