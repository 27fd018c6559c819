import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { isAwayTooLong } from './contact-limit.ts'
import { readDevice, writeDevice } from './database.ts'

const DAY = 86_400_000

test('a clock that is known to be days ahead does not shorten the time without the server', async () => {
  await writeDevice('clock', -2 * DAY)
  await writeDevice('tether', { at: Date.now() - 2 * DAY, lived: 0, hours: 24 })

  expect(await isAwayTooLong()).toBe(false)
})

test('what it saw at an opening is written down: a clock set back afterwards does not undo it', async () => {
  expect(await isAwayTooLong()).toBe(false)

  expect((await readDevice<{ lived: number }>('tether'))?.lived).toBeGreaterThanOrEqual(0)
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 30 * 3_600_000)
  expect(await isAwayTooLong()).toBe(true)
  vi.mocked(Date.now).mockRestore()

  expect(await isAwayTooLong()).toBe(true)
  expect((await readDevice<{ lived: number }>('tether'))?.lived).toBeGreaterThan(24 * 3_600_000)
})

test('a device without room for the note opens all the same', async () => {
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })

  expect(await isAwayTooLong()).toBe(true)
})
