/** Names, moments and reasons in the reader's language. */
import { computed } from 'vue'
import { clock as time } from '@/data/clock.ts'
import type { Reason } from '@/data/operations.ts'
import { language, t, together } from './language.ts'

interface Named {
  name: string
  nameEn: string
}

const ZONE = 'Asia/Shanghai'
const DAY_MS = 86_400_000

/** What goods are counted in, one and several; a chain's own words stay as they are. */
const UNITS: Record<string, readonly [string, string]> = {
  杯: ['cup', 'cups'],
  瓶: ['bottle', 'bottles'],
  罐: ['can', 'cans'],
  桶: ['tub', 'tubs'],
  盒: ['box', 'boxes'],
  包: ['pack', 'packs'],
  袋: ['bag', 'bags'],
  份: ['portion', 'portions'],
  支: ['stick', 'sticks'],
  根: ['stick', 'sticks'],
  条: ['bar', 'bars'],
  块: ['piece', 'pieces'],
  把: ['piece', 'pieces'],
  个: ['piece', 'pieces'],
  件: ['piece', 'pieces'],
  只: ['piece', 'pieces'],
  套: ['set', 'sets'],
  副: ['pair', 'pairs'],
  双: ['pair', 'pairs'],
  排: ['strip', 'strips'],
  卡: ['card', 'cards'],
  板: ['tray', 'trays'],
  卷: ['roll', 'rolls'],
  提: ['pack', 'packs'],
  箱: ['case', 'cases'],
}

// What a composable offers is its type: the compiler infers it once, here.
export function useWords() {
  const english = computed(() => language.value === 'en')

  const name = (named: Named): string => (english.value && named.nameEn ? named.nameEn : named.name)
  const unit = (counted: string, quantity = 1): string =>
    (english.value && UNITS[counted]?.[Math.abs(quantity) === 1 ? 0 : 1]) || counted
  /** What is counted in it comes in whole ones, and never less than none. */
  const isPieces = (counted: string | null): boolean => counted !== null && counted in UNITS
  /** So many of them, as "4 cans": the figure and its unit stay on one line. */
  const amount = (quantity: number, counted: string): string => `${quantity}\u00a0${unit(counted, quantity)}`
  const why = (reason: Reason): string => {
    const [problem] = reason.problems
    const said = problem ?? reason
    return together((english.value ? said.message : said.messageZh) || said.message)
  }
  const clock = (moment: string | number, zone = ZONE): string =>
    format(moment, language.value, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const day = (moment: string | number, zone = ZONE): string =>
    format(moment, language.value, zone, { month: 'short', day: 'numeric' })
  const weekday = (moment: string | number, zone = ZONE): string =>
    format(moment, language.value, zone, { weekday: 'short' })

  /** A time alone is one of today; any other says its day. */
  const when = (moment: string | number, zone = ZONE): string => {
    const [at, its, now] = [clock(moment, zone), day(moment, zone), time.now()]
    if (its === day(now, zone)) return at
    return its === day(now + DAY_MS, zone) ? t('tasks.tomorrow', { time: at }) : `${its} ${at}`
  }

  return { t, english, name, unit, amount, why, clock, day, weekday, when, isPieces }
}

/** Making one takes a phone milliseconds, and a screen shows many moments. */
const formats = new Map<string, Intl.DateTimeFormat>()

function format(moment: string | number, locale: string, zone: string, options: Intl.DateTimeFormatOptions): string {
  const name = [locale, zone, ...Object.keys(options)].join(' ')
  const known = formats.get(name) ?? new Intl.DateTimeFormat(locale, { timeZone: zone, ...options })
  formats.set(name, known)
  return known.format(new Date(moment))
}
