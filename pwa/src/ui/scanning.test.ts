import { expect, test } from 'vitest'
import { ScanGuard } from './scan-guard.ts'
import { HandTyping, WedgeReader } from './wedge.ts'

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

test('of a code that was held up on its way nothing is read, and the next is whole', () => {
  const reader = new WedgeReader()
  reader.read({ key: '6', at: 0 })
  expect(type(reader, '901234567892', 8, 90)).toBeUndefined()
  expect(type(reader, '6901234567892', 8, 400)).toBe('6901234567892')
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

const looks = (guard: ScanGuard, ...seen: [number, ...string[]][]): (boolean | undefined)[] =>
  seen.map(([at, ...codes]) => guard.look(codes, at)?.fresh)

test('a code held before the camera is one scan, however long', () => {
  const guard = new ScanGuard()
  expect(looks(guard, [0, '690'], [100, '690'], [1_300, '690'], [1_400, '690'])[0]).toBe(true)
  const longer = Array.from({ length: 80 }, (_, n) => guard.look(['690'], 1_500 + n * 60)?.fresh)
  expect(longer).not.toContain(true)
})

test('the same code counts again when it has left the picture and 1.2 s are over', () => {
  const guard = new ScanGuard()
  expect(looks(guard, [0, '690'], [60, '690'], [300], [560], [1_250, '690'])).toEqual([true, false, undefined, undefined, true])
})

test('glare for a moment is no second scan', () => {
  const guard = new ScanGuard()
  guard.look(['690'], 0)
  for (let at = 60; at < 2_000; at += 60) guard.look(['690'], at)
  expect(looks(guard, [2_100], [2_200], [2_300, '690'])).toEqual([undefined, undefined, false])
})

test('a slow phone that misses the code once has not seen it leave', () => {
  expect(looks(new ScanGuard(), [0, '690'], [700], [1_400, '690'])).toEqual([true, undefined, false])
})

test('the next bottle, held up too soon, counts as soon as it may', () => {
  const guard = new ScanGuard()
  expect(looks(guard, [0, '690'], [200], [400], [700, '690'], [1_100, '690'], [1_210, '690'], [1_300, '690']).slice(3)).toEqual([false, false, true, false])
})

test('another code counts at once, and two in one picture do not count in turns', () => {
  const guard = new ScanGuard()
  expect(looks(guard, [0, '690', '691'], [60, '691', '690'], [120, '690', '691'], [180, '691', '690'])).toEqual([true, true, false, false])
})

test('what only lies beside the aim does not count', () => {
  const guard = new ScanGuard()
  expect(looks(guard, [0, '690', '691'], [60, '690', '691'], [120, '691'])).toEqual([true, false, true])
})

test('a scanner that types into a number leaves it as it was, and a quick hand does not', () => {
  const typed = (hand: HandTyping, text: string, gap: number, held: string, start: number): string | undefined =>
    Array.from(text).reduce<string | undefined>((now = '', key, index) => hand.held(start + index * gap, now, now + key), held)
  const hand = new HandTyping()

  expect(typed(hand, '12', 90, '', 1_000)).toBe('12')
  expect(typed(hand, '6901234567892', 8, '12', 2_000)).toBe('12')
  expect(typed(hand, '48', 40, '', 3_000)).toBe('48')
})
