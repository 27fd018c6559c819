import { expect, test, vi } from 'vitest'
import { readLocal } from './local.ts'

test.each([[null, undefined], ['{"lines":[1]}', { lines: [1] }], ['{"lines":[1', undefined], ['', undefined]])('of %s what can be read is read', (text, value) => {
  vi.stubGlobal('localStorage', { getItem: () => text })

  expect(readLocal('cart')).toEqual(value)
})
