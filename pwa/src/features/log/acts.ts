/** The acts that the log is filtered by, in the groups that people look for. */
export const GROUPS = {
  stock: [
    'stock.sale',
    'stock.customer_return',
    'stock.receipt',
    'stock.supplier_return',
    'stock.adjustment',
    'stock.waste',
    'stock.quarantine',
    'stock.reserve',
    'stock.release',
    'stock.opening',
    'stock.batch',
    'ledger.adopted',
  ],
  count: ['stocktake.started', 'stocktake.recount_asked', 'stocktake.settled', 'stocktake.confirmed', 'stocktake.cancelled'],
  return: ['return.recorded', 'return.inspected', 'return.cancelled'],
  task: [
    'task.taken',
    'task.left',
    'task.completed',
    'task.restocked',
    'task.assigned',
    'task.sent',
    'task.withdrawn',
    'checklist.saved',
  ],
  day: ['clock.in', 'clock.out', 'day.handed_over', 'day.taken_over', 'help.asked', 'help.answered', 'help.closed'],
  price: ['price.set'],
  rule: [
    'shelves.added',
    'shelf.changed',
    'shelf.retired',
    'code.resolved',
    'code.reopened',
    'in_store_codes.set',
    'handling.set',
    'stocktake.policy_set',
    'store.placed',
  ],
  photo: ['photo.kept', 'photo.refused', 'photo.removed'],
  entry: ['signed_in', 'signed_out', 'sign_in.failed', 'session.revoked', 'device.shared', 'device.taken_back'],
  proof: [
    'password.changed',
    'pin.set',
    'second_factor.enrolled',
    'second_factor.recovery_code_used',
    'second_factor.removed',
    'second_factor.reset',
    'identity.linked',
    'identity.unlinked',
  ],
  access: ['access.granted', 'access.ended', 'person.left'],
  privacy: [
    'person.revealed',
    'person.looked_up',
    'person.exported',
    'person.phone_set',
    'person.phone_removed',
    'person.erased',
    'security_alarm.raised',
    'security_alarm.acknowledged',
  ],
  client: [
    'client.registered',
    'client.scopes_set',
    'client.keys_set',
    'client.secret_rotated',
    'client.secret_retired',
    'client.revoked',
    'client.authentication_failed',
    'token.revoked',
  ],
} as const

export type Group = keyof typeof GROUPS
const GROUP_NAMES = Object.keys(GROUPS) as Group[]

/** Acts of stock are listed store by store: there are too many of them for one list over the chain. */
export function groupsIn(storeId: string): Group[] {
  return storeId ? GROUP_NAMES : GROUP_NAMES.filter((group) => group !== 'stock')
}

export function isOfStock(choice: string): boolean {
  return choice === 'stock' || (GROUPS.stock as readonly string[]).includes(choice)
}

/** What a choice of the filter asks for: all acts, those of one group, or one act. */
export function actsOf(choice: string): readonly string[] | undefined {
  if (!choice) return undefined
  return Object.hasOwn(GROUPS, choice) ? GROUPS[choice as Group] : [choice]
}
