/** The app opens while the words of the language that somebody chose do not arrive. */
import { expect, test, vi } from 'vitest'
import { preferences } from '@/data/preferences.ts'
import { language, t } from '@/ui/language.ts'
import { startLanguage } from './language.ts'

const root = { lang: '' }
const network = new EventTarget()
let lost = true
vi.stubGlobal('document', { documentElement: root })
vi.stubGlobal('addEventListener', network.addEventListener.bind(network))
vi.mock('./messages/en.ts', async (original): Promise<object> => {
  if (lost) throw new TypeError('Failed to fetch')
  return original<object>()
})

test('it opens in Chinese, forgets nothing of the choice, and speaks it when the network is back', async () => {
  const told = vi.spyOn(console, 'error').mockReturnValue(undefined)
  preferences.language = 'en'

  await startLanguage()
  expect([language.value, t('common.back'), preferences.language]).toEqual(['zh-CN', '返回', 'en'])
  expect(told).toHaveBeenCalledOnce()

  lost = false
  network.dispatchEvent(new Event('online'))
  await expect.poll(() => language.value).toBe('en')
  expect([t('common.back'), root.lang]).toEqual(['Back', 'en'])
})
