import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { writeDevice } from './database.ts'
import { openPhotoQueue, photoStore } from './photos-sending.ts'

const DAY = 86_400_000

test('a phone whose clock is known to be twenty days ahead gives no photo up that is a day old', async () => {
  vi.stubGlobal('navigator', {})
  await writeDevice('clock', -20 * DAY)
  const since = Date.now() - 21 * DAY
  const photo = { id: 'poster', actorId: 'li-mei', sha256: 'x', bytes: 3, takenAt: '', state: 'waiting' as const, sent: 3, since }
  await photoStore.add(photo, new Uint8Array(3).buffer)

  await openPhotoQueue({ actorId: () => undefined, later: () => () => {}, changed: () => {} }).drain()

  expect(await photoStore.all()).toHaveLength(1)
})
