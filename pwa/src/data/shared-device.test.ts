/** A shared device that nobody touches is locked, whatever becomes of its clock meanwhile. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { IDLE_MS, openSharedDevice, watchIdleness } from './shared-device.ts'

const kept = new Map<string, string>()
const session = vi.hoisted(() => ({ locked: 0 }))

vi.mock('./session.ts', () => ({ sessionState: { value: 'signed-in' }, lock: async () => void (session.locked += 1), changePerson: async () => 'signed_in' }))
vi.mock('./connection.ts', () => ({ contact: { value: 'live' } }))
vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => kept.set(key, text) })
vi.stubGlobal('addEventListener', () => {})
vi.stubGlobal('document', { addEventListener: () => {} })

beforeEach(() => {
  vi.useFakeTimers()
  session.locked = 0
  kept.set('trueshelf.shared-device', JSON.stringify({ store: { id: 'shop', name: '店', nameEn: '' }, people: [] }))
  openSharedDevice()
  watchIdleness()
})
afterEach(() => void vi.useRealTimers())

test('after a while nobody touched it, and not before', async () => {
  await vi.advanceTimersByTimeAsync(IDLE_MS - 10_000)
  expect(session.locked).toBe(0)

  await vi.advanceTimersByTimeAsync(15_000)
  expect(session.locked).toBeGreaterThan(0)
})

test('a clock that is set back by a day does not keep it open for a day', async () => {
  vi.setSystemTime(Date.now() - 86_400_000)
  await vi.advanceTimersByTimeAsync(10_000)

  expect(session.locked).toBeGreaterThan(0)
})
