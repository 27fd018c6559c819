/**
 * Sentences by their key, in the language of whoever reads. `{name}` is a hole, `{n|item|items}` the word that fits how
 * many n are, and a figure stays on one line with the word after it; nothing else is special.
 */
import { ref } from 'vue'
import type { Language } from '@/data/preferences.ts'

export interface Words {
  [key: string]: string | Words
}

const FIRST: Language = 'zh-CN'
const known: Record<Language, Map<string, string>> = { 'zh-CN': new Map(), en: new Map() }
const HOLE = /\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g
/** Chinese has one form for any number, so only English writes two. */
const howMany = new Intl.PluralRules('en')

/** What the screen is in now; every sentence follows it. */
export const language = ref<Language>(FIRST)

/** Words come before the page that says them, or before the language changes to theirs: nothing watches them. */
export function teach(its: Language, words: Words, below = ''): void {
  for (const [key, said] of Object.entries(words)) {
    if (typeof said === 'string') known[its].set(below + key, said)
    else teach(its, said, `${below}${key}.`)
  }
}

/** Chinese where the language lacks it, and the key itself where nobody knows it. */
export function t(key: string, values: Readonly<Record<string, unknown>> = {}): string {
  const sentence = known[language.value].get(key) ?? known[FIRST].get(key) ?? key
  const filled = sentence.replaceAll(HOLE, (_hole, name: string, one?: string, many?: string) => {
    if (one === undefined || many === undefined) return String(values[name] ?? '')
    return howMany.select(Number(values[name])) === 'one' ? one : many
  })
  return together(filled)
}

/** With no line break between a figure and its unit. */
export const together = (words: string): string => words.replaceAll(/(\d) /g, '$1\u00a0')

/** Whether there is such a sentence, for names that come from the server. */
export const isKnown = (key: string): boolean => known[language.value].has(key)
