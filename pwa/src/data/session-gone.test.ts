import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { readNote, writeNote } from './database.ts'
import { me, sessionState, startSession } from './session.ts'

vi.mock('./live.ts', () => ({ hangUp: () => {} }))
vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
vi.stubGlobal('addEventListener', () => {})
vi.stubGlobal('document', { addEventListener: () => {} })
vi.stubGlobal('localStorage', { getItem: (key: string) => (key === 'trueshelf.gone' ? '1' : null), setItem: () => {}, removeItem: () => {} })

test('whoever signed out and closed the app at once leaves nothing to read', async () => {
  await writeNote('me', { id: 'li-mei', name: '李梅', stores: [], assignments: [] })
  await writeNote('catalogue', { storeId: 'wangjing', at: 0 })

  await startSession()

  expect([me.value, sessionState.value]).toEqual([undefined, 'signed-out'])
  expect([await readNote('me'), await readNote('catalogue')]).toEqual([undefined, undefined])
})
