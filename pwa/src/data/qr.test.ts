import { expect, it } from 'vitest'
import { qrPath } from './qr.ts'

it('draws a code with the quiet zone that a camera needs', () => {
  const { size, path } = qrPath('P1122-0A1B2C')

  // 21 modules of the smallest version, and 4 on each side.
  expect(size).toBe(29)
  expect(path.startsWith('M4 4h1v1h-1z')).toBe(true)
  expect(path.match(/M[0-3] /)).toBeNull()
})
