/** Theme and type size, as the person or their device prefers. */
import { watchEffect } from 'vue'
import { preferences } from '@/data/preferences.ts'

export function applyLook(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const paint = (): void => {
    const theme = preferences.theme === 'auto' ? (dark.matches ? 'dark' : 'light') : preferences.theme
    document.documentElement.dataset['theme'] = theme
    document.documentElement.dataset['type'] = preferences.largeType ? 'large' : 'normal'
  }
  watchEffect(paint)
  dark.addEventListener('change', paint)
}
