/** What the server said last is shown, whatever a wrong clock wrote on what was kept before. */
import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { shallowRef } from 'vue'
import { clock } from './clock.ts'
import { writeNote } from './database.ts'
import { readTasks, tasksReadAt, todayTasks } from './tasks.ts'

const DAY_MS = 86_400_000
const server = vi.hoisted(() => ({ title: '', answers: [] as (() => void)[] }))

vi.mock('./session.ts', () => ({ myStore: shallowRef({ id: 'shop' }) }))
vi.mock('./deeds.ts', () => ({ operations: shallowRef([]) }))
vi.mock('./transport.ts', () => ({
  ask: async () => {
    const answer = { tasks: [task(server.title)] }
    await new Promise<void>((done) => server.answers.push(done))
    return answer
  },
}))

const task = (title: string) => ({ id: 'task', storeId: 'shop', kind: 'CHECK', title, state: 'OPEN' })
const titles = (): unknown => todayTasks.value?.map(({ title }) => title)

/** Asked now; answered when the test calls it. */
async function asked(title: string): Promise<() => Promise<unknown>> {
  server.title = title
  const reading = readTasks()
  await vi.waitFor(() => expect(server.answers).toHaveLength(1))
  const answer = server.answers.pop()
  return () => (answer?.(), reading)
}

test('a clock that was a day ahead when the tasks were read keeps nothing away; when the answer comes, the right time is known', async () => {
  await writeNote('tasks shop', { storeId: 'shop', at: Date.now() + DAY_MS, tasks: [task('before')] })
  const answered = await asked('after')
  expect(titles()).toEqual(['before'])
  clock.heard(new Date(Date.now() - DAY_MS).toUTCString(), performance.now())

  await answered()

  expect(titles()).toEqual(['after'])
  expect(Math.abs(tasksReadAt.value - (Date.now() - DAY_MS))).toBeLessThan(5_000)
})

test('an answer that was asked for earlier does not take the place of a later one', async () => {
  const earlier = await asked('earlier')
  const later = await asked('later')

  await later()
  await earlier()

  expect(titles()).toEqual(['later'])
})
