/** An entry of the log in the reader's words; what has no words is told as it stands. */
import { yuan } from '@/data/money.ts'
import type { LogEntry } from '@/data/office/log.ts'
import { myStores } from '@/data/session.ts'
import { isKnown, language } from '@/ui/language.ts'
import { useWords } from '@/ui/words.ts'
import { aboutOf, partsOf } from './parts.ts'

const CHAIN_ZONE = 'Asia/Shanghai'
const HOUR_S = 3_600
const MOMENTS = new Set(['from', 'until', 'left_at'])

export interface Field {
  name: string
  label: string
  text: string
}

export interface EntryWords {
  actOf: (act: string) => string
  whoOf: (entry: LogEntry) => string
  whomOf: (entry: LogEntry) => string
  storeOf: (entry: LogEntry) => string
  zoneOf: (entry: LogEntry) => string
  exactly: (moment: string, zone: string) => string
  fieldsOf: (entry: LogEntry) => Field[]
}

export function useEntryWords(): EntryWords {
  const { t, name } = useWords()

  const actOf = (act: string): string => (isKnown(`log.act.${act}`) ? t(`log.act.${act}`) : act)
  const labelOf = (field: string): string => (isKnown(`log.field.${field}`) ? t(`log.field.${field}`) : field)
  const storeWith = (id: string): string | undefined => {
    const store = myStores.value.find((each) => each.id === id)
    return store && name(store)
  }
  const regionWith = (id: string): string | undefined => {
    const region = myStores.value.find((each) => each.region.id === id)?.region
    return region && name(region)
  }

  const whoOf = ({ actor }: LogEntry): string => (actor ? actor.name || actor.id : t('log.system'))
  const storeOf = ({ storeId }: LogEntry): string => (storeId === null ? t('log.noStore') : (storeWith(storeId) ?? storeId))
  const zoneOf = ({ storeId }: LogEntry): string => myStores.value.find(({ id }) => id === storeId)?.zone ?? CHAIN_ZONE

  function whomOf({ body, actor, names }: LogEntry): string {
    const about = aboutOf(body)
    if (about === undefined || about === actor?.id) return ''
    return names.find(({ id }) => id === about)?.name ?? about
  }

  function exactly(moment: string, zone: string): string {
    const parts: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' }
    return new Intl.DateTimeFormat(language.value, { timeZone: zone, hourCycle: 'h23', ...parts }).format(new Date(moment))
  }

  function wordOf(field: string, value: string): string {
    const code = value.toUpperCase()
    if (field === 'role' && isKnown(`role.${code}`)) return t(`role.${code}`)
    if (field === 'purpose' && isKnown(`reveal.purpose.${code}`)) return t(`reveal.purpose.${code}`)
    if (field === 'kind' && isKnown(`channels.kind.${code}`)) return t(`channels.kind.${code}`)
    if (field === 'kind' && isKnown(`alarms.kind.${code}`)) return t(`alarms.kind.${code}`)
    return isKnown(`log.value.${value}`) ? t(`log.value.${value}`) : value
  }

  function textOf(field: string, value: unknown, entry: LogEntry): string {
    if (value === null || (Array.isArray(value) && value.length === 0)) return t('log.none')
    if (Array.isArray(value)) return value.map((each) => textOf(field, each, entry)).join(t('people.and'))
    if (typeof value === 'number' && (field === 'fen' || field === 'before')) return yuan(value)
    if (typeof value === 'number' && field === 'old_ends_in_s') return t('log.hours', { n: Math.round(value / HOUR_S) })
    if (typeof value !== 'string') return JSON.stringify(value)
    if (MOMENTS.has(field) && !Number.isNaN(Date.parse(value))) return exactly(value, zoneOf(entry))
    return entry.names.find(({ id }) => id === value)?.name ?? storeWith(value) ?? regionWith(value) ?? wordOf(field, value)
  }

  const fieldsOf = (entry: LogEntry): Field[] =>
    partsOf(entry.body).map(([field, value]) => ({ name: field, label: labelOf(field), text: textOf(field, value, entry) }))

  return { actOf, whoOf, whomOf, storeOf, zoneOf, exactly, fieldsOf }
}
