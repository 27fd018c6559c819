import { beforeEach, expect, test, vi } from 'vitest'

const kept = new Map<string, string>()
vi.stubGlobal('localStorage', {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, text: string) => kept.set(key, text),
})

beforeEach(() => {
  kept.clear()
  vi.resetModules()
})

/** The app opens in a browser that asks for these languages. */
async function opened(...languages: string[]) {
  vi.stubGlobal('navigator', { languages })
  const { keepPreferences, preferences } = await import('./preferences.ts')
  keepPreferences()
  return preferences
}

test.each([
  [['zh-CN', 'en'], 'zh-CN'],
  [['zh-Hant-TW'], 'zh-CN'],
  [['ZH'], 'zh-CN'],
  [['en-GB', 'zh-CN'], 'en'],
  [['de'], 'en'],
  [[], 'zh-CN'],
])('a first visit with %j is in %s', async (languages, spoken) => {
  expect((await opened(...languages)).language).toBe(spoken)
})

test('what somebody has chosen wins over what the browser asks for', async () => {
  const first = await opened('en-US')
  first.language = 'zh-CN'
  await vi.waitFor(() => expect(kept.size).toBe(1))
  vi.resetModules()

  expect((await opened('en-US')).language).toBe('zh-CN')
})
