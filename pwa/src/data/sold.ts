/** A sale of this phone as its receipt tells it, and whether the receipt is still worth anything. */
import type { SaleDeed } from './deeds/sales.ts'
import { neverHappened, type Operation } from './operations.ts'

export type Sold = Operation & { deed: SaleDeed; stands: boolean }

/** Undefined when this phone knows no such sale. It stands unless it was refused or taken back. */
export function soldUnder(operations: readonly Operation[], requestId: string | undefined): Sold | undefined {
  const operation = operations.find((each) => each.requestId === requestId)
  if (operation?.deed.kind !== 'sale') return undefined
  const takenBack = operations.some((each) => each.reverses === requestId && !neverHappened(each))
  return { ...operation, deed: operation.deed, stands: !takenBack && !neverHappened(operation) }
}
