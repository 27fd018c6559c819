/** An entry of the log in the reader's words: names where somebody or something has one, and else the beginning of its id. */
import { catalogue } from '@/data/catalogue.ts'
import { yuan } from '@/data/money.ts'
import type { LogEntry } from '@/data/office/log.ts'
import { myStores } from '@/data/session.ts'
import { isKnown, language } from '@/ui/language.ts'
import { useWords } from '@/ui/words.ts'
import { aboutOf, beginningOf, partsOf, type Part } from './parts.ts'

const CHAIN_ZONE = 'Asia/Shanghai'
const HOUR_S = 3_600
const MOMENTS = new Set(['from', 'until', 'left_at'])
const MONEY = new Set(['fen', 'before', 'recount_fen', 'confirm_fen'])
/** The name of a rule is a word of the program; where the goods went is told beside it. */
const UNTOLD = new Set(['rule'])
/** Words that another area says too. */
const ELSEWHERE: Record<string, string[]> = {
  role: ['role'],
  purpose: ['reveal.purpose'],
  kind: ['channels.kind', 'alarms.kind'],
  handling: ['rules.handling'],
}
const UNITS: Record<string, string> = { radius: 'metres', odd_jump: 'times' }
const PERCENT = /_percent$/

export interface Field {
  name: string
  label: string
  text: string
  /** What the text is the beginning of. */
  whole?: string
}

export interface EntryWords {
  actOf: (act: string) => string
  whoOf: (entry: LogEntry) => string
  whomOf: (entry: LogEntry) => string
  thingOf: (entry: LogEntry) => string
  storeOf: (entry: LogEntry) => string
  zoneOf: (entry: LogEntry) => string
  exactly: (moment: string, zone: string) => string
  fieldsOf: (entry: LogEntry) => Field[]
}

const isIn = (text: string, part: string | undefined): boolean => part !== undefined && text.includes(part)
const shortened = (id: string): string => beginningOf(id) ?? id

export function useEntryWords(): EntryWords {
  const { t, name } = useWords()

  const actOf = (act: string): string => (isKnown(`log.act.${act}`) ? t(`log.act.${act}`) : act)
  const labelOf = (field: string, value: unknown): string => {
    const key = `log.field.${field === 'counted' && typeof value === 'string' ? 'counted_digest' : field}`
    return isKnown(key) ? t(key) : field
  }
  const itemWith = (id: string): string | undefined => {
    const item = catalogue.value.get(id)
    return item && name(item)
  }
  const storeWith = (id: string): string | undefined => {
    const store = myStores.value.find((each) => each.id === id)
    return store && name(store)
  }
  const regionWith = (id: string): string | undefined => {
    const region = myStores.value.find((each) => each.region.id === id)?.region
    return region && name(region)
  }

  const whoOf = ({ actor }: LogEntry): string => (actor ? actor.name || shortened(actor.id) : t('log.system'))
  const storeOf = ({ storeId }: LogEntry): string => (storeId === null ? t('log.noStore') : (storeWith(storeId) ?? shortened(storeId)))
  const zoneOf = ({ storeId }: LogEntry): string => myStores.value.find(({ id }) => id === storeId)?.zone ?? CHAIN_ZONE

  function whomOf({ body, actor, names }: LogEntry): string {
    const about = aboutOf(body)
    if (about === undefined || about === actor?.id) return ''
    return names.find(({ id }) => id === about)?.name ?? shortened(about)
  }

  function thingOf({ body }: LogEntry): string {
    const sku = partsOf(body).find(([field]) => field === 'sku')?.[1]
    return typeof sku === 'string' ? (itemWith(sku) ?? '') : ''
  }

  function exactly(moment: string, zone: string): string {
    const parts: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' }
    return new Intl.DateTimeFormat(language.value, { timeZone: zone, hourCycle: 'h23', ...parts }).format(new Date(moment))
  }

  function wordOf(field: string, value: string): string {
    const elsewhere = ELSEWHERE[field]?.map((words) => `${words}.${value.toUpperCase()}`).find(isKnown)
    if (elsewhere) return t(elsewhere)
    return isKnown(`log.value.${value}`) ? t(`log.value.${value}`) : value
  }

  function figureOf(field: string, value: number): string {
    if (MONEY.has(field)) return yuan(value)
    if (field === 'old_ends_in_s') return t('log.hours', { n: Math.round(value / HOUR_S) })
    if (PERCENT.test(field)) return `${value}%`
    const unit = UNITS[field]
    return unit ? t(`log.${unit}`, { n: value }) : String(value)
  }

  function textOf(field: string, value: unknown, entry: LogEntry): string {
    if (value === null || (Array.isArray(value) && value.length === 0)) return t('log.none')
    if (Array.isArray(value)) return value.map((each) => textOf(field, each, entry)).join(t('people.and'))
    if (typeof value === 'boolean') return t(value ? 'log.yes' : 'log.no')
    if (typeof value === 'number') return figureOf(field, value)
    if (typeof value !== 'string') return JSON.stringify(value)
    if (MOMENTS.has(field) && !Number.isNaN(Date.parse(value))) return exactly(value, zoneOf(entry))
    const named = entry.names.find(({ id }) => id === value)?.name ?? storeWith(value) ?? regionWith(value) ?? itemWith(value)
    return named ?? beginningOf(value) ?? wordOf(field, value)
  }

  function fieldOf([name, value]: Part, entry: LogEntry): Field {
    const text = textOf(name, value, entry)
    const written = [value].flat().filter((each): each is string => typeof each === 'string')
    const isShort = written.some((each) => isIn(text, beginningOf(each)))
    return { name, label: labelOf(name, value), text, ...(isShort && { whole: written.join(' ') }) }
  }

  const fieldsOf = (entry: LogEntry): Field[] =>
    partsOf(entry.body).filter(([field]) => !UNTOLD.has(field)).map((part) => fieldOf(part, entry))

  return { actOf, whoOf, whomOf, thingOf, storeOf, zoneOf, exactly, fieldsOf }
}
