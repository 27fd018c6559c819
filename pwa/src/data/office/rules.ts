/** The rules of the house, for headquarters: what categories need, where returns go, when counts are checked. */
import { CategoriesQuery } from '../documents/stock.ts'
import { graphql, type ResultOf, type VariablesOf } from '../graphql.ts'
import { match } from '../match.ts'
import type { Handling } from '../returns-rule.ts'
import { ask } from '../transport.ts'
import { uuidv7 } from '../uuid.ts'
import { SaidNo } from './documents.ts'
import { no } from './people.ts'

const RulesQuery = graphql(`
  query HouseRules {
    returnPolicy {
      rules { name reasons conditions handlings ages disposition firm why whyEn }
      handlings { categoryId handling own }
      youngDays
      unitsWithoutProof
      fenWithoutProof
      timesWithoutProof
    }
    countPolicy { recountValue recountPercent recountUnits confirmValue confirmPercent confirmUnits oddJump }
  }
`)

const SetHandling = graphql(
  `
    mutation SetHandling($input: SetHandlingInput!) {
      setHandling(input: $input) { __typename ... on SetHandlingSuccess { categoryId } ...SaidNo }
    }
  `,
  [SaidNo],
)

const SetCountPolicy = graphql(
  `
    mutation SetCountPolicy($input: SetCountPolicyInput!) {
      setCountPolicy(input: $input) { __typename ... on SetCountPolicySuccess { policy { oddJump } } ...SaidNo }
    }
  `,
  [SaidNo],
)

export type HouseRules = ResultOf<typeof RulesQuery>
export type CountPolicy = Omit<VariablesOf<typeof SetCountPolicy>['input'], 'requestId'>
export type Category = ResultOf<typeof CategoriesQuery>['categories'][number]

export async function houseRules(): Promise<HouseRules> {
  return await ask(RulesQuery, {})
}

export async function allCategories(): Promise<Category[]> {
  return (await ask(CategoriesQuery, {})).categories
}

/** Null: what the category above it says. */
export async function setHandling(categoryId: string, handling: Handling | null): Promise<void> {
  const { setHandling: told } = await ask(SetHandling, { input: { requestId: uuidv7(), categoryId, handling } })
  match(told, { InvalidInput: no, NotFound: no, NotPermitted: no, RequestIdConflict: no, SetHandlingSuccess: (): void => {} })
}

export async function setCountPolicy(policy: CountPolicy): Promise<void> {
  const { setCountPolicy: told } = await ask(SetCountPolicy, { input: { requestId: uuidv7(), ...policy } })
  match(told, { InvalidInput: no, NotPermitted: no, RequestIdConflict: no, SetCountPolicySuccess: (): void => {} })
}
