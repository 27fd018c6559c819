import { expect, test } from 'vitest'
import { ScanGuard } from './scan-guard.ts'
import { WedgeReader } from './wedge.ts'

function type(reader: WedgeReader, text: string, gap: number, start = 1_000): string | undefined {
  let code: string | undefined
  Array.from(text).forEach((key, index) => (code = reader.read({ key, at: start + index * gap })))
  return reader.read({ key: 'Enter', at: start + text.length * gap }) ?? code
}

test('a burst that ends in Enter is a scan', () => {
  expect(type(new WedgeReader(), '6901234567892', 8)).toBe('6901234567892')
})

test('a fast thumb is not a scanner', () => {
  expect(type(new WedgeReader(), '6901234567892', 90)).toBeUndefined()
})

test('Enter long after the digits is a hand', () => {
  const reader = new WedgeReader()
  Array.from('690123').forEach((key, index) => reader.read({ key, at: index * 8 }))
  expect(reader.read({ key: 'Enter', at: 900 })).toBeUndefined()
})

test('what was typed before the scan is not part of the code', () => {
  const reader = new WedgeReader()
  reader.read({ key: 'x', at: 0 })
  expect(type(reader, '69012345', 8, 700)).toBe('69012345')
})

test('shift between the letters of a code does no harm', () => {
  const reader = new WedgeReader()
  for (const [index, key] of ['Shift', 'A', 'B', '1', '2'].entries()) reader.read({ key, at: 100 + index * 8 })
  expect(reader.read({ key: 'Enter', at: 145 })).toBe('AB12')
})

test('two scans in a row are two codes', () => {
  const reader = new WedgeReader()
  expect(type(reader, '11112222', 8, 0)).toBe('11112222')
  expect(type(reader, '33334444', 8, 80)).toBe('33334444')
})

test('a code held before the camera is one scan, shown again later another', () => {
  const guard = new ScanGuard()
  const admitted = [0, 120, 240, 1_500, 2_900, 5_000].map((at) => guard.admits('690', at))
  expect(admitted).toEqual([true, false, false, false, false, true])
})

test('another code counts at once', () => {
  const guard = new ScanGuard()
  expect([guard.admits('690', 0), guard.admits('691', 100), guard.admits('690', 200)]).toEqual([true, true, true])
})
