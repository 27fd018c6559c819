/** What this phone did in a shop and is in no book: not sent, or it needs its person. The day's figures know nothing of it. */
import type { HandOver } from '@/data/day.ts'
import { needsYou, type Operation } from '@/data/operations.ts'

export interface Unsent {
  sales: number
  salesFen: number
  returns: number
  /** Books that counts set right, by how much. */
  differences: HandOver['differences']
  /** Lines of stocktakes that run. */
  counts: number
  /** Whatever else changes the figures. */
  others: number
}

/** A day that is opened, a task, a clocking and a call for help change no figure. */
const NO_FIGURE = new Set<string>([
  'open-day',
  'clock-in',
  'clock-out',
  'hand-over',
  'confirm-hand-over',
  'ask-help',
  'retake-photo',
  'stocktake-start',
  'complete-task',
  'take-task',
  'leave-task',
  'restock',
])

/** Undefined when nothing of that sort waits. */
export function unsentOf(operations: readonly Operation[], storeId: string | undefined): Unsent | undefined {
  const waiting = operations.filter((each) => isOut(each) && each.storeId === storeId && !NO_FIGURE.has(each.deed.kind))
  const ids = new Set(waiting.map(({ requestId }) => requestId))
  const undoings = waiting.filter(({ reverses }) => reverses !== undefined && ids.has(reverses))
  // What was taken back before it was sent comes to nothing, and so does its taking back.
  const gone = new Set(undoings.flatMap(({ requestId, reverses = '' }) => [requestId, reverses]))
  const left = waiting.filter(({ requestId }) => !gone.has(requestId))
  return left.length ? left.reduce(added, { sales: 0, salesFen: 0, returns: 0, differences: [], counts: 0, others: 0 }) : undefined
}

const isOut = (operation: Operation): boolean =>
  operation.state === 'waiting' || (operation.state !== 'accepted' && needsYou(operation))

function added(sum: Unsent, { deed }: Operation): Unsent {
  switch (deed.kind) {
    case 'sale':
      return { ...sum, sales: sum.sales + 1, salesFen: sum.salesFen + deed.totalFen }
    case 'goods-return':
      return { ...sum, returns: sum.returns + 1 }
    case 'count':
      return { ...sum, differences: differing(sum.differences, deed.lines[0], deed.counted - deed.booked) }
    case 'correction':
      return { ...sum, differences: differing(sum.differences, deed.lines[0], deed.lines[0]?.quantity ?? 0) }
    case 'count-lines':
      return { ...sum, counts: sum.counts + deed.input.lines.length }
    default:
      return { ...sum, others: sum.others + 1 }
  }
}

function differing(known: Unsent['differences'], line: { skuId: string; name: string; nameEn: string; unit: string } | undefined, by: number): Unsent['differences'] {
  if (!line) return known
  const before = known.find(({ sku }) => sku?.id === line.skuId)?.quantity ?? 0
  const others = known.filter(({ sku }) => sku?.id !== line.skuId)
  if (before + by === 0) return others
  const { skuId: id, name, nameEn, unit } = line
  return [...others, { sku: { id, name, nameEn, unit }, quantity: before + by, value: null }]
}
