/** How an area puts a deed on the device; where it goes from there is the app's business. */
import type { CatalogueItem } from '../catalogue-item.ts'
import type { Operation } from '../operations.ts'
import type { NamedLine } from './deed.ts'
import type { Deed } from './registry.ts'

/** What every deed's input says of itself. */
export interface Common {
  requestId: string
  storeId: string
  origin: { occurredAt: string; source: 'PHONE'; latitude?: number; longitude?: number }
}

export interface Recording {
  /** Another store than the one that this device works for. */
  storeId?: string | undefined
  /** The operation that this one takes back: sent only after that one was accepted. */
  reverses?: string | undefined
  /** The operation that needed a person, and that this one deals with: written down together, or not at all. */
  settles?: string | undefined
}

export type Recorder = (deedOf: (common: Common, by: { id: string; name: string }) => Deed, options?: Recording) => Promise<Operation>

let recorder: Recorder = () => Promise.reject(new Error('the outbox is not open'))

export function recordWith(chosen: Recorder): void {
  recorder = chosen
}

/** Returns when the deed is safely on this device, not when it is sent. */
export const record: Recorder = (deedOf, options) => recorder(deedOf, options)

export interface Pick {
  item: CatalogueItem
  quantity: number
}

export function named({ item, quantity }: Pick): NamedLine {
  return { skuId: item.id, name: item.name, nameEn: item.nameEn, unit: item.unit, quantity }
}
