/** How this person likes the screen; kept on the device. */
import { reactive, watch } from 'vue'
import { readLocal } from './local.ts'

export type Theme = 'auto' | 'light' | 'dark'
export type Language = 'zh-CN' | 'en'

interface Preferences {
  theme: Theme
  language: Language
  largeType: boolean
  sound: boolean
}

const KEY = 'trueshelf.preferences'

export const preferences = reactive<Preferences>({
  theme: 'auto',
  language: 'zh-CN',
  largeType: false,
  sound: true,
})

/** Until somebody chooses, the language that the browser asks for first: Chinese in any of its kinds, or else English. */
export function keepPreferences(): void {
  const [asked = preferences.language] = navigator.languages
  Object.assign(preferences, { language: /^zh\b/i.test(asked) ? 'zh-CN' : 'en' }, readLocal<Partial<Preferences>>(KEY))
  watch(preferences, () => localStorage.setItem(KEY, JSON.stringify(preferences)))
}
