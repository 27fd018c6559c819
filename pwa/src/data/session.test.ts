import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { readNote, writeNote } from './database.ts'
import { DoorRefusal } from './door.ts'
import { changePerson, farewell, me, refreshMe, senderId, sessionEnded, sessionState, startSession, whenSomebodyLeaves } from './session.ts'

const server = vi.hoisted(() => ({ actor: 'li-mei' }))

vi.mock('./live.ts', () => ({ hangUp: () => {} }))
vi.mock('./transport.ts', async (original) => ({
  ...(await original<object>()),
  ask: async () => ({ me: { id: server.actor, name: server.actor, stores: [], assignments: [] } }),
}))
vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {}, removeItem: () => {} })
vi.stubGlobal('addEventListener', () => {})
vi.stubGlobal('document', { addEventListener: () => {} })
vi.stubGlobal('navigator', {})

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

test('a phone whose person has no access any more forgets what she could read, and hands on what she did', async () => {
  const left: string[] = []
  whenSomebodyLeaves(async (id) => void left.push(id))
  await writeNote('catalogue', { storeId: 'wangjing', at: 0 })
  const gone = me.value?.id

  sessionEnded('ACCESS_ENDED')

  await vi.waitFor(() => expect(me.value).toBeUndefined())
  expect([farewell.value, sessionState.value]).toEqual(['left', 'signed-out'])
  expect(await readNote('catalogue')).toBeUndefined()
  expect(left).toEqual([gone])
})

test('a session that is only too old leaves everything in its place', async () => {
  server.actor = 'li-mei'
  await changePerson(async () => 'signed_in')
  await writeNote('catalogue', { storeId: 'wangjing', at: 0 })

  sessionEnded('SESSION_OVER')

  expect([me.value?.id, sessionState.value, farewell.value]).toEqual(['li-mei', 'expired', undefined])
  expect(await readNote('catalogue')).toBeDefined()
})

test('a colleague of the same shop finds the goods there, one of another shop nothing', async () => {
  await writeNote('catalogue', { storeId: 'wangjing', at: 0 })
  await changePerson(async () => 'signed_in', 'wangjing')
  expect(await readNote('catalogue')).toBeDefined()

  await changePerson(async () => 'signed_in', 'guomao')

  expect(await readNote('catalogue')).toBeUndefined()
})

test('somebody who proves nothing changes nothing', async () => {
  await expect(changePerson(async () => Promise.reject(new DoorRefusal('WRONG_PIN')))).rejects.toThrow(DoorRefusal)

  await vi.waitFor(() => expect(senderId.value).toBe('li-mei'))
})

test('a full phone knows its person all the same', async () => {
  const complaint = vi.spyOn(console, 'error').mockReturnValue()
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })

  await refreshMe()

  expect(complaint).toHaveBeenCalled()
  expect([me.value?.id, sessionState.value]).toEqual([server.actor, 'signed-in'])
  put.mockRestore()
})
