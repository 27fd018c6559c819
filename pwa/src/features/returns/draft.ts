/** A return that is not recorded yet: on the device after each answer, so that a reload loses none of it. */
import { forgetNote, readNote, writeNote } from '@/data/database.ts'
import type { CatalogueItem } from '@/data/catalogue-item.ts'
import type { TakenBack } from '@/data/deeds/returns.ts'
import type { Operation } from '@/data/operations.ts'
import type { Candidate } from '@/data/returns.ts'
import type { Disposition } from '@/data/returns-rule.ts'

/** What the form holds. */
export interface Begun {
  quantity: number
  reason?: TakenBack['reason'] | undefined
  condition?: TakenBack['condition'] | undefined
  photos: TakenBack['photos']
  way?: Disposition | undefined
  because?: string | undefined
}

export interface ReturnDraft {
  item: CatalogueItem
  /** Null: without a receipt. */
  sale: Candidate | null
  candidates: Candidate[]
  /** The return that was not recorded and is mended here. */
  again?: { requestId: string; why: string } | undefined
  begun?: Begun | undefined
}

/** Whose it is, and where: nobody goes on with another's, and nothing goes on in another store. */
export interface Counter {
  actorId: string
  storeId: string
}

const NOTE = 'return-draft'
/** One after the other: what was said last must lie there last. */
let writing = Promise.resolve()

export function keepDraft(counter: Counter, draft: ReturnDraft): Promise<void> {
  // A copy without Vue's proxies, as it is now.
  const copy = JSON.stringify({ ...counter, draft })
  writing = writing.then(() => writeNote(NOTE, copy)).catch((error: unknown) => console.error(error))
  return writing
}

export function forgetDraft(): Promise<void> {
  writing = writing.then(() => forgetNote(NOTE)).catch((error: unknown) => console.error(error))
  return writing
}

/** What she had begun here; what is another's, of another store or recorded meanwhile is forgotten. */
export async function keptDraft({ actorId, storeId }: Counter, operations: readonly Operation[]): Promise<ReturnDraft | undefined> {
  const text = await readNote<string>(NOTE)
  if (text === undefined) return undefined
  const kept = JSON.parse(text) as Counter & { draft: ReturnDraft }
  if (kept.actorId === actorId && kept.storeId === storeId && !isRecorded(kept.draft, operations)) return kept.draft
  await forgetDraft()
  return undefined
}

/** The app may be ended between the return and the forgetting of its draft: its pictures tell, each belongs to one return. */
function isRecorded({ begun, again }: ReturnDraft, operations: readonly Operation[]): boolean {
  const pictures = new Set(begun?.photos?.map(({ id }) => id))
  return operations.some(({ requestId, deed }) =>
    deed.kind === 'goods-return' && requestId !== again?.requestId && deed.input.photos?.some(({ id }) => pictures.has(id)))
}
