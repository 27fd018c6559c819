import { expect, test, vi } from 'vitest'
import { preferences } from '@/data/preferences.ts'
import { isKnown, language, t } from '@/ui/language.ts'
import { snackbar } from '@/ui/snackbar.ts'
import { page, startLanguage } from './language.ts'
import chinese from './messages/log.zh-CN.ts'
import english from './messages/log.en.ts'
import returns from './messages/returns.zh-CN.ts'

const root = { lang: '' }
vi.stubGlobal('document', { documentElement: root })
const log = page(async () => 'the page', 'office')

test('a page brings the words that only it says, in the language in use and in the next one', async () => {
  await startLanguage()
  expect([t('common.back'), t('common.more', { n: 3 })]).toEqual(['返回', '还有 3\u00a0条'])
  expect(t('log.title')).toBe('log.title')

  expect(await log()).toBe('the page')
  expect(t('log.title')).toBe(chinese.log.title)
  expect([isKnown('log.title'), isKnown('log.noSuchThing')]).toEqual([true, false])

  preferences.language = 'en'
  await expect.poll(() => root.lang).toBe('en')
  expect([language.value, t('common.back'), t('log.title')]).toEqual(['en', 'Back', english.log.title])
})

test('a page that opens while the language changes has its words in the new one', async () => {
  preferences.language = 'zh-CN'
  await expect.poll(() => root.lang).toBe('zh-CN')

  preferences.language = 'en'
  await page(async () => 'the page', 'identity')()
  await expect.poll(() => root.lang).toBe('en')
  expect(t('signin.password')).toBe('Password')
})

test('words that do not arrive leave the screen in those that it has, keep no page shut, and are not chosen', async () => {
  preferences.language = 'zh-CN'
  await expect.poll(() => root.lang).toBe('zh-CN')
  let lost = true
  vi.doMock('./messages/returns.en.ts', (): object => {
    if (lost) throw new TypeError('Failed to fetch')
    return { default: english }
  })
  const told = vi.spyOn(console, 'error').mockReturnValue(undefined)

  preferences.language = 'en'
  expect(await page(async () => 'the page', 'returns')()).toBe('the page')
  await expect.poll(() => told.mock.calls.length).toBe(2)

  expect([language.value, t('common.back'), t('returns.first')]).toEqual(['zh-CN', '返回', returns.returns.first])
  await expect.poll(() => preferences.language).toBe('zh-CN')
  expect(snackbar.notice?.tone).toBe('refused')

  // Chosen once more, when there is a network.
  lost = false
  vi.resetModules()
  preferences.language = 'en'
  await expect.poll(() => root.lang).toBe('en')
})
