/** Where an entry leads, for a reader who may go there. */
import type { LogEntry } from '@/data/office/log.ts'
import { partsOf } from './parts.ts'

export interface Way {
  to: string
  /** Which words the way is offered in. */
  word: string
}

type Build = (id: string, storeId: string | null) => string | undefined

interface Lead {
  /** The detail that names what there is to see. */
  field?: string
  /** The permission that the page asks for. */
  needs?: string
  word: string
  to: Build
}

const inStore = (at: (storeId: string) => string): Build => (_id, storeId) => (storeId === null ? undefined : at(storeId))
const always = (address: string): Build => () => address

/** The first that fits is the one that is told: from the thing itself to the store in which it was done. */
const LEADS: (Lead & { acts: RegExp })[] = [
  { acts: /^stocktake\./, field: 'stocktake', word: 'count', to: (id) => `/stocktake/${id}/check` },
  { acts: /^(return|price)\./, field: 'sku', needs: 'movement:read', word: 'item', to: (id, storeId) => storeId ? `/stores/${storeId}/items/${id}` : undefined },
  { acts: /^checklist\./, field: 'checklist', needs: 'checklist:design', word: 'checklist', to: (id) => `/checklists/${id}` },
  { acts: /^security_alarm\./, needs: 'person:read', word: 'alarms', to: always('/people/alarms') },
  { acts: /^(access|person|password|pin|second_factor|identity|sign_in|signed_|session)/, field: 'person', needs: 'person:read', word: 'person', to: (id) => `/people/${id}` },
  { acts: /^(shelf|shelves)\./, needs: 'shelf:manage', word: 'shelves', to: always('/shelves') },
  { acts: /^code\./, needs: 'code:resolve', word: 'codes', to: always('/codes') },
  { acts: /^in_store_codes\./, needs: 'code:resolve', word: 'scales', to: always('/scales') },
  { acts: /^(handling|stocktake\.policy_set)/, needs: 'return:rule', word: 'rules', to: always('/rules') },
  { acts: /^client\./, needs: 'client:manage', word: 'channels', to: always('/channels') },
  { acts: /^(task|day|clock|help|store|return|stock|photo)\./, word: 'store', to: inStore((storeId) => `/manager/stores/${storeId}`) },
]

export function wayOf({ act, body, storeId }: Pick<LogEntry, 'act' | 'body' | 'storeId'>, may: (permission: string) => boolean): Way | undefined {
  const parts = new Map(partsOf(body))
  for (const { acts, field, needs, word, to } of LEADS) {
    const id = field === undefined ? '' : parts.get(field)
    if (!acts.test(act) || typeof id !== 'string' || (needs !== undefined && !may(needs))) continue
    const address = to(id, storeId)
    if (address !== undefined) return { to: address, word }
  }
  return undefined
}
