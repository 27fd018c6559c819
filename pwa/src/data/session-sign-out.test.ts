/** Who signs out without a network is out, on every tab, and stays out until somebody signs in. */
import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { changePerson, me, senderId, sessionState, signOut, startSession } from './session.ts'

const kept = new Map<string, string>()
const network = vi.hoisted(() => ({ away: false, signedOut: 0, comesBack: (): void => {} }))

vi.mock('./live.ts', () => ({ hangUp: () => {} }))
vi.mock('./transport.ts', async (original) => ({
  ...(await original<object>()),
  // The cookie is good as long as the server has not heard of the sign-out.
  ask: async () => ({ me: { id: 'li-mei', name: '李梅', stores: [], assignments: [], offlineHours: 24 } }),
}))
vi.stubGlobal('fetch', async () => {
  if (network.away) throw new TypeError('no network')
  network.signedOut += 1
  return new Response('{}')
})
vi.stubGlobal('localStorage', {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, text: string) => kept.set(key, text),
  removeItem: (key: string) => kept.delete(key),
})
vi.stubGlobal('addEventListener', (event: string, look: () => void) => event === 'online' && (network.comesBack = look))
vi.stubGlobal('document', { addEventListener: () => {} })
vi.stubGlobal('navigator', {})

await startSession()

beforeEach(async () => {
  Object.assign(network, { away: false, signedOut: 0 })
  await changePerson(async () => 'signed_in')
  expect(me.value?.id).toBe('li-mei')
})

const aWhile = (): Promise<void> => new Promise((done) => setTimeout(done, 50))

test('the network comes back: the server hears of it, and she is not in again by herself', async () => {
  network.away = true
  await signOut()
  network.comesBack()
  await aWhile()
  expect([me.value, sessionState.value]).toEqual([undefined, 'signed-out'])

  network.away = false
  network.comesBack()
  await vi.waitFor(() => expect(network.signedOut).toBe(1))
  await aWhile()

  expect([me.value, senderId.value, sessionState.value]).toEqual([undefined, undefined, 'signed-out'])
  expect(kept.has('trueshelf.gone')).toBe(false)
})

test('whoever signs in meanwhile is not signed out by what the server had still to hear', async () => {
  network.away = true
  await signOut()
  network.away = false

  await changePerson(async () => 'signed_in')
  network.comesBack()
  await aWhile()

  expect([me.value?.id, network.signedOut]).toEqual(['li-mei', 0])
})

test('another tab in which she signed out takes this one along, also while its sign-out is on its way', async () => {
  const otherTab = new BroadcastChannel('trueshelf.session')

  otherTab.postMessage('gone')

  await vi.waitFor(() => expect([me.value, senderId.value, sessionState.value]).toEqual([undefined, undefined, 'signed-out']))
  otherTab.close()
})
