/** A checklist while somebody designs it: what the form holds, and what is still missing before it can be saved. */
import { uuidv7 } from '@/data/uuid.ts'
import type { Step, StepKind } from '@/ui/steps.ts'

export type Where = 'all' | 'regions' | 'stores'
export type Moment = 'AT_OPENING' | 'AT_TIMES' | 'BEFORE_HAND_OVER'

export interface Form {
  id: string
  /** The version that the screen shows; null for a new one. */
  version: number | null
  title: string
  titleEn: string
  items: Step[]
  must: boolean
  where: Where
  storeIds: string[]
  regionIds: string[]
  moment: Moment
  times: string[]
  weekdays: number[]
  validFrom: string
  validUntil: string | null
  active: boolean
}

export const WEEK = [1, 2, 3, 4, 5, 6, 7] as const

export function emptyForm(today: string): Form {
  return {
    id: uuidv7(),
    version: null,
    title: '',
    titleEn: '',
    items: [],
    must: true,
    where: 'all',
    storeIds: [],
    regionIds: [],
    moment: 'AT_OPENING',
    times: [],
    weekdays: [...WEEK],
    validFrom: today,
    validUntil: null,
    active: true,
  }
}

export function newItem(kind: StepKind): Step {
  return { id: uuidv7(), title: '', titleEn: '', kind, unit: kind === 'NUMBER' ? '℃' : null, min: null, max: null, must: true }
}

export function moved<Item>(items: readonly Item[], from: number, by: -1 | 1): Item[] {
  const to = from + by
  const item = items[from]
  if (item === undefined || to < 0 || to >= items.length) return [...items]
  return items.toSpliced(from, 1).toSpliced(to, 0, item)
}

/** What somebody wrote as a number, also as a Chinese keyboard writes it; NaN is what is none. */
export function numberOf(text: string): number | null {
  const plain = text.normalize('NFKC').replaceAll(/[−–—]/g, '-').trim()
  if (plain === '') return null
  const number = Number(plain)
  return Number.isFinite(number) ? number : Number.NaN
}

export type Wrong = 'number' | 'range'

/** What is wrong with the range of an item. */
export function wrongIn({ min, max }: Pick<Step, 'min' | 'max'>): Wrong | undefined {
  if (Number.isNaN(min) || Number.isNaN(max)) return 'number'
  return min !== null && max !== null && min > max ? 'range' : undefined
}

export type Missing = 'title' | 'items' | 'item-title' | Wrong | 'where' | 'times' | 'weekdays' | 'until'

/** The first thing that is missing, in the order of the form. */
export function missingIn(form: Form): Missing | undefined {
  if (form.title.trim() === '') return 'title'
  if (form.items.length === 0) return 'items'
  if (form.items.some(({ title }) => title.trim() === '')) return 'item-title'
  const wrong = form.items.map(wrongIn).find((each) => each !== undefined)
  if (wrong) return wrong
  if (form.where === 'stores' ? form.storeIds.length === 0 : form.where === 'regions' && form.regionIds.length === 0) return 'where'
  if (form.moment === 'AT_TIMES' && form.times.length === 0) return 'times'
  if (form.weekdays.length === 0) return 'weekdays'
  return form.validUntil !== null && form.validUntil < form.validFrom ? 'until' : undefined
}

/** What is sent: English falls back to Chinese, and what does not belong to the choice is left out. */
export function inputOf(form: Form, requestId: string) {
  return {
    requestId,
    id: form.id,
    expectedVersion: form.version,
    title: form.title.trim(),
    titleEn: form.titleEn.trim() || form.title.trim(),
    items: form.items.map((item) => ({
      ...item,
      title: item.title.trim(),
      titleEn: item.titleEn.trim() || item.title.trim(),
      unit: item.kind === 'NUMBER' ? item.unit?.trim() || null : null,
      min: item.kind === 'NUMBER' ? item.min : null,
      max: item.kind === 'NUMBER' ? item.max : null,
    })),
    must: form.must,
    storeIds: form.where === 'stores' ? form.storeIds : null,
    regionIds: form.where === 'regions' ? form.regionIds : null,
    moment: form.moment,
    times: form.moment === 'AT_TIMES' ? form.times.toSorted() : null,
    weekdays: form.weekdays.toSorted(),
    validFrom: form.validFrom,
    validUntil: form.validUntil,
    active: form.active,
  }
}

interface Saved extends Omit<Form, 'where' | 'version'> {
  version: number
  chainWide: boolean
}

export function formOf({ chainWide, ...saved }: Saved): Form {
  const where = chainWide ? 'all' : saved.storeIds.length > 0 ? 'stores' : 'regions'
  return { ...saved, where, items: saved.items.map((item) => ({ ...item })) }
}
