/**
 * What nobody counted, asked about before a stocktake is closed: is there really none, or did nobody look?
 *
 * "None" is a count of zero like any other, so it is looked at twice where it matters. Whoever may confirm lets the
 * server count it as zero over the whole stocktake instead. What nobody looked for leaves the book as it is.
 */
import { reactive } from 'vue'
import { countAt, countLine, packLines } from './counts.ts'
import { catalogue } from './catalogue.ts'
import type { Progress } from './stocktakes-scope.ts'
import { settle, type Sheet, type SheetRow } from './stocktakes.ts'

export type Answer = 'GONE' | 'NOT_LOOKED'

export interface Unseen {
  skuId: string
  name: string
  nameEn: string
  unit: string
  /** Where it was not counted although it is expected there; none: nobody saw it anywhere. */
  shelfIds: string[]
  /** What the server calls not seen; null where only this device knows. */
  row: SheetRow | null
}

const answers = new Map<string, Map<string, Answer>>()

/** What was said in a stocktake so far: who looks again meanwhile is not asked anew. */
export function answersIn(stocktakeId: string): Map<string, Answer> {
  const said = answers.get(stocktakeId) ?? reactive(new Map<string, Answer>())
  answers.set(stocktakeId, said)
  return said
}

/** To who counts blind the server does not say what was not seen, because that betrays the book: the scope says it here. */
export function unseenIn(sheet: Sheet, { left }: Progress): Unseen[] {
  const rows = new Map(sheet.rows.filter(({ state }) => state === 'NOT_SEEN').map((row) => [row.skuId, row]))
  const counted = new Set(sheet.rows.filter(({ figures }) => figures.length > 0).map(({ skuId }) => skuId))
  const here = left.flatMap(({ skuId, shelfIds }): Unseen[] => {
    const row = rows.get(skuId) ?? null
    const item = catalogue.value.get(skuId)
    // Whoever sees the book need not be asked about what it does not have.
    if (!item || (!sheet.blind && !row && !counted.has(skuId))) return []
    return [{ skuId, name: item.name, nameEn: item.nameEn, unit: item.unit, shelfIds, row }]
  })
  const known = new Set(here.map(({ skuId }) => skuId))
  const others = [...rows.values()].filter(({ skuId }) => !known.has(skuId))
  return [...here, ...others.map((row): Unseen => ({ skuId: row.skuId, name: row.name, nameEn: row.nameEn, unit: row.unit, shelfIds: [], row }))]
}

export interface Said {
  /** What the closing does with what the server calls not seen. */
  notSeen: 'ZERO' | 'LEAVE_OUT'
  /** Zeros to be counted here, as lines of their own. */
  zeros: Unseen[]
  /** What must be left out one by one. */
  leaveOut: Unseen[]
}

/** What answers come to; pure. */
export function whatWasSaid(unseen: readonly Unseen[], answers: ReadonlyMap<string, Answer>, mayConfirm: boolean): Said {
  const gone = unseen.filter(({ skuId }) => answers.get(skuId) === 'GONE')
  if (!mayConfirm) return { notSeen: 'LEAVE_OUT', zeros: gone, leaveOut: [] }
  const byServer = gone.some(({ row }) => row !== null)
  return {
    notSeen: byServer ? 'ZERO' : 'LEAVE_OUT',
    zeros: gone.filter(({ row }) => row === null),
    // A part of what stands on two shelves is no count of it; and what is left out is not counted as zero.
    leaveOut: unseen.filter(({ skuId, row }) => answers.get(skuId) === 'NOT_LOOKED' && (row === null || byServer)),
  }
}

/** She looked again, and there is none: the count that a recount asked for. */
export async function countNone(sheet: Sheet, { skuId, name, nameEn, unit, round, figures }: SheetRow): Promise<void> {
  const shelves = new Set(figures.map(({ shelfId }) => shelfId))
  for (const shelfId of shelves.size ? shelves : [null]) {
    await countAt({ stocktakeId: sheet.session.id, shelfId, round })
    await countLine({ skuId, code: null, name, nameEn, unit }, 0, 'REPLACE')
  }
  await packLines()
}

/** Written down here when it returns; the lines are on their way to the outbox. */
export async function carryOut(sheet: Sheet, { zeros, leaveOut }: Said): Promise<void> {
  for (const { skuId, name, nameEn, unit, shelfIds } of zeros) {
    for (const shelfId of shelfIds.length ? shelfIds : [null]) {
      await countAt({ stocktakeId: sheet.session.id, shelfId, round: 0 })
      await countLine({ skuId, code: null, name, nameEn, unit }, 0, 'REPLACE')
    }
  }
  await packLines()
  for (const each of leaveOut) await settle(sheet.session.id, { ...each, counted: null }, { decision: 'LEAVE_OUT' })
}
