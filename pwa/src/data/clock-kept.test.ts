import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { clock } from './clock.ts'
import { clockKnown } from './clock-kept.ts'
import { writeDevice } from './database.ts'

test('what could not be read at first is read the next time that somebody needs to know it', async () => {
  vi.spyOn(indexedDB, 'open').mockImplementationOnce(() => {
    throw new DOMException('the disk is busy', 'UnknownError')
  })
  await expect(clockKnown()).rejects.toThrow('the disk is busy')
  await writeDevice('clock', -86_400_000)

  await clockKnown()

  expect(clock.error).toBe(86_400_000)
})
