import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { isAwayTooLong } from './contact-limit.ts'
import { writeDevice } from './database.ts'

const DAY = 86_400_000

test('a clock that is known to be days ahead does not shorten the time without the server', async () => {
  await writeDevice('clock', -2 * DAY)
  await writeDevice('tether', { at: Date.now() - 2 * DAY, lived: 0, hours: 24 })

  expect(await isAwayTooLong()).toBe(false)
})
