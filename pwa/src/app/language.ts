/** Chinese first, English beside it; English is fetched when somebody reads it, and so are the words of most pages. */
import { watch } from 'vue'
import { preferences, type Language } from '@/data/preferences.ts'
import { language, t, teach } from '@/ui/language.ts'
import { say } from '@/ui/snackbar.ts'
import { AREAS, type Area } from './messages/areas.ts'
import zh from './messages/zh-CN.ts'

/** What the pages that somebody has opened say. */
const asked = new Set<Area>()

export async function startLanguage(): Promise<void> {
  teach('zh-CN', zh)
  watch(() => preferences.language, switchTo)
  if (await speak(preferences.language)) return
  // What she chose before is asked for again with the network; until then the app is there, in Chinese.
  addEventListener('online', () => void speak(preferences.language))
}

/** The screen and the choice agree: what did not arrive is not chosen, and can be chosen again. */
async function switchTo(wanted: Language): Promise<void> {
  if ((await speak(wanted)) || wanted !== preferences.language) return
  preferences.language = language.value
  say({ tone: 'refused', text: t('common.failed') })
}

/** A page with the words that it says besides those of the first pages. */
export function page<Page>(load: () => Promise<Page>, ...areas: Area[]): () => Promise<Page> {
  return async () => (await Promise.all([load(), learn(areas)]))[0]
}

/** False where its words do not arrive: the screen stays in those that it has. */
async function speak(wanted: Language): Promise<boolean> {
  try {
    if (wanted === 'en') teach('en', (await import('./messages/en.ts')).default)
    await study(wanted, [...asked])
  } catch (error) {
    console.error(error)
    return false
  }
  // Somebody may have changed her mind meanwhile.
  if (wanted !== preferences.language) return true
  language.value = wanted
  document.documentElement.lang = wanted
  return true
}

/** In the language in use; and in the one that somebody is just switching to, if it arrives. */
async function learn(areas: Area[]): Promise<void> {
  for (const area of areas) asked.add(area)
  const next = preferences.language
  const switching = next === language.value ? undefined : study(next, areas).catch((error: unknown) => console.error(error))
  await Promise.all([study(language.value, areas), switching])
}

async function study(its: Language, areas: Area[]): Promise<void> {
  for (const { default: words } of await Promise.all(areas.map((area) => AREAS[area][its]()))) teach(its, words)
}
