import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { me, senderId, startSession } from './session.ts'

const server = vi.hoisted(() => ({ actor: 'li-mei' }))

vi.mock('./live.ts', () => ({ hangUp: () => {} }))
vi.mock('./transport.ts', async (original) => ({
  ...(await original<object>()),
  ask: async () => ({ me: { id: server.actor, name: server.actor, stores: [], assignments: [] } }),
}))
vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {}, removeItem: () => {} })
vi.stubGlobal('addEventListener', () => {})

test('when another tab signs somebody else in, this one sends nothing until it knows who it is', async () => {
  await startSession()
  expect(senderId.value).toBe('li-mei')
  const otherTab = new BroadcastChannel('trueshelf.session')

  otherTab.postMessage('changing')
  await vi.waitFor(() => expect(senderId.value).toBeUndefined())
  expect(me.value?.id).toBe('li-mei')

  server.actor = 'wang-qiang'
  otherTab.postMessage('changed')
  await vi.waitFor(() => expect(senderId.value).toBe('wang-qiang'))
  otherTab.close()
})
