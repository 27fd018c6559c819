import { afterEach, expect, test, vi } from 'vitest'

vi.mock('@/data/preferences.ts', () => ({ preferences: { sound: true } }))
afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

/** A phone whose page was touched or not; whether it buzzed, and how many tones it played. */
async function phone(userActivation: { hasBeenActive: boolean } | undefined): Promise<{ buzz: ReturnType<typeof vi.fn>; tones: () => number }> {
  let tones = 0
  const gain = { setValueAtTime() {}, exponentialRampToValueAtTime() {} }
  const node = { connect: (next: unknown) => next, frequency: { value: 0 }, gain, start: () => (tones += 1), stop() {} }
  const buzz = vi.fn()
  vi.stubGlobal('navigator', { userActivation, vibrate: buzz })
  vi.stubGlobal('AudioContext', class {
    currentTime = 0
    async resume() {}
    createOscillator = () => node
    createGain = () => node
  })
  const { signal } = await import('./feedback.ts')
  signal('done')
  return { buzz, tones: () => tones }
}

test('what was done is felt and heard', async () => {
  const { buzz, tones } = await phone({ hasBeenActive: true })
  expect(buzz).toHaveBeenCalledWith([40])
  expect(tones()).toBe(2)
})

test('a browser that does not say whether it was touched is asked to buzz', async () => {
  expect((await phone(undefined)).buzz).toHaveBeenCalledOnce()
})

test('a page that nobody touched yet keeps still', async () => {
  const { buzz, tones } = await phone({ hasBeenActive: false })
  expect(buzz).not.toHaveBeenCalled()
  expect(tones()).toBe(0)
})
