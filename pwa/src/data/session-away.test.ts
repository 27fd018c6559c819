import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { database, readNote, writeDevice, writeNote } from './database.ts'
import { farewell, me, sessionState, startSession } from './session.ts'
import { Unreachable } from './transport.ts'

const HOUR = 3_600_000
const network = vi.hoisted(() => ({ away: true, comesBack: (): void => {} }))

vi.mock('./live.ts', () => ({ hangUp: () => {} }))
vi.mock('./transport.ts', async (original) => ({
  ...(await original<object>()),
  ask: async () => {
    if (network.away) throw new Unreachable()
    return { me: { id: 'li-mei', name: '李梅', stores: [], assignments: [], offlineHours: 24 } }
  },
}))
vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {}, removeItem: () => {} })
vi.stubGlobal('addEventListener', (event: string, look: () => void) => event === 'online' && (network.comesBack = look))
vi.stubGlobal('document', { addEventListener: () => {} })
vi.stubGlobal('navigator', {})

test('a phone that was kept off the network for more than a day shows nothing any more, until it hears the server', async () => {
  await writeNote('me', { id: 'li-mei', name: '李梅', stores: [], assignments: [] })
  await writeNote('catalogue', { storeId: 'wangjing', at: 0 })
  await writeDevice('tether', { at: Date.now() - 25 * HOUR, lived: 0, hours: 24 })
  const waiting = { requestId: 'sold', actorId: 'li-mei', state: 'waiting' }
  await (await database()).add('operations', waiting as never)

  await startSession()

  expect([me.value, farewell.value, sessionState.value]).toEqual([undefined, 'too-long-away', 'signed-out'])
  expect([await readNote('me'), await readNote('catalogue')]).toEqual([undefined, undefined])
  expect(await (await database()).getAll('operations'), 'what was done waits on').toEqual([{ ...waiting, order: 1 }])

  network.away = false
  network.comesBack()

  await vi.waitFor(() => expect(me.value?.id).toBe('li-mei'))
  expect([farewell.value, sessionState.value]).toEqual([undefined, 'signed-in'])
})
