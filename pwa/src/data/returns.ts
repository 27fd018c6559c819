/** What the return counter asks the server, and what it keeps for when there is none. */
import { readNote, writeNote } from './database.ts'
import { operations } from './deeds.ts'
import type { SaleDeed } from './deeds/sales.ts'
import { QuarantineLots, ReturnPolicyQuery, ReturnsOfDay, SalesToReturn } from './documents/returns.ts'
import type { ResultOf, VariablesOf } from './graphql.ts'
import type { Operation } from './operations.ts'
import type { ReturnPolicy } from './returns-rule.ts'
import { ask } from './transport.ts'

export type SaleSought = VariablesOf<typeof SalesToReturn>['by']
export type FoundSale = ResultOf<typeof SalesToReturn>['salesToReturn'][number]
export type QuarantinedReturn = ResultOf<typeof QuarantineLots>['quarantineLots'][number]
export type DayOfReturns = ResultOf<typeof ReturnsOfDay>['returnsOfDay']

/** A sale that something may have come from: found by the server, or remembered by this phone. */
export interface Candidate {
  key: string
  lineId?: string
  /** What the server finds it by when this phone knows no line. */
  reference?: string
  soldAt: string
  storeName?: string
  storeNameEn?: string
  soldHere: boolean
  skuId: string
  left: number
  paidFen: number | null
  sold: number
}

const POLICY_NOTE = 'return-policy'

export async function keptReturnPolicy(): Promise<ReturnPolicy | undefined> {
  return (await readNote<ReturnPolicy>(POLICY_NOTE)) ?? undefined
}

/** The table of the server, else the one that this device keeps. */
export async function returnPolicy(): Promise<ReturnPolicy | undefined> {
  try {
    const { returnPolicy: fresh } = await ask(ReturnPolicyQuery, {})
    await writeNote(POLICY_NOTE, fresh)
    return fresh
  } catch {
    return keptReturnPolicy()
  }
}

export async function salesToReturn(storeId: string, by: SaleSought): Promise<Candidate[]> {
  const found = await ask(SalesToReturn, { storeId, by })
  return found.salesToReturn.flatMap(candidatesOf)
}

/** The sales under a receipt that this phone wrote itself. */
export function ownReceipt(storeId: string, number: string): Candidate[] {
  const skus = new Set(
    operations.value.flatMap(({ deed }) => (deed.kind === 'sale' && deed.input.receipt === number ? deed.lines.map(({ skuId }) => skuId) : [])),
  )
  return [...skus].flatMap((skuId) => salesOfThisPhone(storeId, skuId, number))
}

function candidatesOf({ storeName, storeNameEn, soldHere, soldAt, lines }: FoundSale): Candidate[] {
  return lines.map(({ lineId, sku, sold, left, paid }) => ({
    key: lineId,
    lineId,
    soldAt,
    storeName,
    storeNameEn,
    soldHere,
    skuId: sku.id,
    left,
    sold,
    paidFen: paid,
  }))
}

/** What this phone sold itself, for when nobody answers; what it took back of it counts. */
export function salesOfThisPhone(storeId: string, skuId: string, receipt?: string): Candidate[] {
  return operations.value
    .filter((operation): operation is Operation & { deed: SaleDeed } => operation.deed.kind === 'sale' && operation.storeId === storeId)
    .filter(({ state, deed }) => (state === 'waiting' || state === 'accepted') && (receipt === undefined || deed.input.receipt === receipt))
    .flatMap(({ requestId, at, deed }) => {
      const of = deed.lines.filter((line) => line.skuId === skuId)
      const sold = of.reduce((sum, { quantity }) => sum + quantity, 0)
      const price = deed.input.lines.find((line) => line.skuId === skuId)?.unitPrice ?? null
      const left = sold - takenBack(requestId, skuId)
      const one = { key: requestId, reference: requestId, soldAt: new Date(at).toISOString(), soldHere: true, skuId, sold, left }
      return sold > 0 ? [{ ...one, paidFen: price === null ? null : price * sold }] : []
    })
}

/** How much this phone took back of a sale that it names by the sale's request. */
function takenBack(reference: string, skuId: string): number {
  return operations.value.reduce((sum, { deed, state }) => {
    if (state === 'refused' || state === 'undone' || deed.kind !== 'goods-return') return sum
    return deed.input.saleReference === reference && deed.input.skuId === skuId ? sum + deed.input.quantity : sum
  }, 0)
}

export async function quarantineLots(storeId: string): Promise<QuarantinedReturn[]> {
  return (await ask(QuarantineLots, { storeId })).quarantineLots
}

export async function returnsOfDay(storeId: string): Promise<DayOfReturns> {
  return (await ask(ReturnsOfDay, { storeId })).returnsOfDay
}
