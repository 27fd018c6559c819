import { expect, test, vi } from 'vitest'
import { DeviceFull } from '@/data/storage.ts'
import { useAsking } from './asking.ts'

test.each([
  ['a device that is full', new DeviceFull('no room'), 'common.notKept'],
  ['a disk that is full', new DOMException('full', 'QuotaExceededError'), 'common.notKept'],
  ['what nobody thought of', new TypeError('undefined is not a function'), 'common.failed'],
])('%s is said, and can be asked again', async (_, error, words) => {
  const complaint = vi.spyOn(console, 'error').mockReturnValue()
  const { did, problem, busy } = useAsking()

  expect(await did(() => Promise.reject(error))).toBe(false)
  expect([problem.value, busy.value]).toEqual([words, false])

  expect(await did(async () => {})).toBe(true)
  expect(problem.value).toBe('')
  complaint.mockRestore()
})
