/** Chinese first, English beside it; English is fetched when somebody reads it. */
import { watch } from 'vue'
import { createI18n } from 'vue-i18n'
import { preferences } from '@/data/preferences.ts'
import zh from './messages/zh-CN.ts'

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN' as string,
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh } as Record<string, typeof zh>,
})

export async function startLanguage(): Promise<void> {
  await speak(preferences.language)
  watch(() => preferences.language, speak)
}

async function speak(language: string): Promise<void> {
  if (language === 'en') i18n.global.setLocaleMessage('en', (await import('./messages/en.ts')).default)
  i18n.global.locale.value = language
  document.documentElement.lang = language
}
