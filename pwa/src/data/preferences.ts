/** How this person likes the screen; kept on the device. */
import { reactive, watch } from 'vue'

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

export function keepPreferences(): void {
  const kept = localStorage.getItem(KEY)
  if (kept) Object.assign(preferences, JSON.parse(kept) as Partial<Preferences>)
  watch(preferences, () => localStorage.setItem(KEY, JSON.stringify(preferences)))
}
