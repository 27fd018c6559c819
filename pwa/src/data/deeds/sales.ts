/** Selling to whoever stands at the till. */
import type { VariablesOf } from '../graphql.ts'
import { RecordSale } from '../documents/writes.ts'
import { match } from '../match.ts'
import type { Operation } from '../operations.ts'
import { receiptOf } from '../receipts.ts'
import { accepted, firstOf, kind, piecesOf, refused, type NamedLine } from './deed.ts'
import { named, record, type Pick } from './record.ts'
import { postReturn, UNDONE } from './returns.ts'

export interface SaleDeed {
  kind: 'sale'
  input: VariablesOf<typeof RecordSale>['input']
  lines: NamedLine[]
  totalFen: number
  /** Which basket was paid; what an older app kept does not say. */
  basket?: string
}

export function sell(picks: Pick[], basket: string): Promise<Operation> {
  const lines = picks.map(({ item, quantity }) => ({ skuId: item.id, quantity, unitPrice: item.priceFen }))
  const totalFen = picks.reduce((sum, { item, quantity }) => sum + quantity * (item.priceFen ?? 0), 0)
  return record((common) => {
    const receipt = receiptOf(common.requestId, common.origin.occurredAt)
    return { kind: 'sale', input: { ...common, lines, receipt }, lines: picks.map(named), totalFen, basket }
  })
}

export const sale = kind<SaleDeed>()({
  icon: 'cart',
  document: RecordSale,
  variables: ({ input }) => ({ input }),
  fate: ({ recordSale }) =>
    match(recordSale, {
      RecordSaleSuccess: (sold) => ({
        ...accepted(),
        belowZero: sold.lines.filter((line) => line.belowZero).map((line) => line.skuId),
        clockErrorSeconds: sold.clockErrorSeconds,
      }),
      InvalidInput: refused,
      NotFound: refused,
      NotPermitted: refused,
      RequestIdConflict: refused,
      ReservationClosed: refused,
    }),
  words: ({ lines, totalFen, input }, say) => {
    const what = lines.length > 1 ? say.t('operations.saleMany', firstOf(lines, say)) : say.t('operations.sale', firstOf(lines, say))
    return [what, say.yuan(totalFen), ...(input.receipt ? [say.t('returns.receipt', { number: input.receipt })] : [])].join(' · ')
  },
  change: ({ lines }, skuId) => -piecesOf(lines, skuId),
  undo: async (operation, { input, lines }) => {
    const prices = new Map(input.lines.map(({ skuId, unitPrice }) => [skuId, unitPrice ?? null]))
    await postReturn(lines.map((line) => ({ line, priceFen: prices.get(line.skuId) ?? null })), UNDONE, operation)
  },
})
