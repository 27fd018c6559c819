/** Which roles somebody may be offered to give. The server decides; this only spares a refusal. */
import type { Role } from '@/data/session.ts'

export type GivenRole = Exclude<Role, 'CHANNEL'>

const MAY_GIVE: Partial<Record<Role, readonly GivenRole[]>> = {
  STORE_MANAGER: ['CLERK'],
  REGIONAL_MANAGER: ['CLERK', 'STORE_MANAGER'],
  HQ_OPERATIONS: ['CLERK', 'STORE_MANAGER', 'REGIONAL_MANAGER', 'BUYER', 'HQ_OPERATIONS'],
  HQ_COMPLIANCE: ['HQ_COMPLIANCE'],
}
const REACH = {
  CLERK: 'store',
  STORE_MANAGER: 'store',
  REGIONAL_MANAGER: 'region',
  BUYER: 'chain',
  HQ_COMPLIANCE: 'chain',
  HQ_OPERATIONS: 'chain',
} as const satisfies Record<GivenRole, string>

export function rolesToGive(mine: readonly Role[]): GivenRole[] {
  return [...new Set(mine.flatMap((role) => MAY_GIVE[role] ?? []))]
}

export function reachOf(role: GivenRole): (typeof REACH)[GivenRole] {
  return REACH[role]
}
