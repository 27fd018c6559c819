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

export function keepPreferences(): void {
  Object.assign(preferences, readLocal<Partial<Preferences>>(KEY))
  watch(preferences, () => localStorage.setItem(KEY, JSON.stringify(preferences)))
}
