/** A new version that waits is taken when somebody says so; one that is here already needs only a new page. */
import { beforeEach, expect, test, vi } from 'vitest'
import { takeUpdate, updateReady, watchForUpdates } from './update.ts'

const reload = vi.fn()
const worker = { state: 'installed', postMessage: vi.fn() }
const workers = Object.assign(new EventTarget(), {
  controller: {},
  register: async () => Object.assign(new EventTarget(), { waiting: worker, update: async () => {} }),
})

beforeEach(async () => {
  vi.stubEnv('PROD', true)
  vi.stubGlobal('location', { reload })
  vi.stubGlobal('navigator', { serviceWorker: workers })
  vi.clearAllMocks()
  worker.state = 'installed'
  await watchForUpdates()
  expect(updateReady.value).toBe(true)
})

test('it takes over, and then the page is loaded anew', () => {
  takeUpdate()
  expect(worker.postMessage).toHaveBeenCalledWith('take-over')
  expect(reload).not.toHaveBeenCalled()

  workers.dispatchEvent(new Event('controllerchange'))
  expect(reload).toHaveBeenCalledOnce()
})

test('when another tab was faster there is nothing left to wait for', () => {
  worker.state = 'activated'

  takeUpdate()

  expect(reload).toHaveBeenCalledOnce()
})
