/** Where goods go that come back, by the table that the server gave: the first row that fits decides. Pure. */
import type { ReturnPolicyQuery } from './documents/returns.ts'
import type { ResultOf } from './graphql.ts'

export type ReturnPolicy = ResultOf<typeof ReturnPolicyQuery>['returnPolicy']
export type ReturnRule = ReturnPolicy['rules'][number]
export type Disposition = ReturnRule['disposition']
export type ReturnReason = NonNullable<ReturnRule['reasons']>[number]
export type Condition = NonNullable<ReturnRule['conditions']>[number]
export type Handling = NonNullable<ReturnRule['handlings']>[number]
type Age = NonNullable<ReturnRule['ages']>[number]

export interface Brought {
  reason: ReturnReason
  condition: Condition
  categoryId: string
  /** Undefined without a proof of the sale. */
  days: number | undefined
}

/** Undefined when this device knows no table yet. */
export function decide(policy: ReturnPolicy | undefined, { reason, condition, categoryId, days }: Brought): ReturnRule | undefined {
  const handling = policy?.handlings.find((need) => need.categoryId === categoryId)?.handling ?? 'AMBIENT'
  const age: Age = days === undefined ? 'UNKNOWN' : days <= (policy?.youngDays ?? 0) ? 'YOUNG' : 'OLD'
  return policy?.rules.find(
    (rule) => fits(rule.reasons, reason) && fits(rule.conditions, condition) && fits(rule.handlings, handling) && fits(rule.ages, age),
  )
}

function fits<One>(wanted: readonly One[] | null, one: One): boolean {
  return wanted === null || wanted.includes(one)
}
