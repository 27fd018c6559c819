import { expect, test } from 'vitest'
import { between, distance } from './near-sound.ts'
import { syllables } from '../pinyin.ts'

const far = (spoken: string, name: string): number => distance(syllables(spoken), syllables(name))

test('a name is heard within a longer one', () => {
  expect(far('板蓝根', '同仁堂板蓝根颗粒')).toBe(0)
})

test('what sounds the same is the same', () => {
  expect(far('班兰跟', '板蓝根')).toBe(0)
})

test('what an accent mixes up is near', () => {
  expect(far('板南根', '板蓝根')).toBeLessThan(0.1)
  expect(far('帮蓝更', '板蓝根')).toBeLessThan(0.2)
  expect(between('si', 'shi')).toBeLessThan(0.3)
})

test('another name is far', () => {
  expect(far('板蓝根', '可口可乐')).toBeGreaterThan(0.6)
  expect(between('gen', 'tai')).toBe(1)
})

test('a sound that was swallowed costs less than a wrong name', () => {
  expect(far('板根', '板蓝根')).toBeLessThan(far('板太根', '可口可乐'))
})

test('nothing said is like nothing', () => {
  expect(distance([], ['a'])).toBe(1)
  expect(distance(['a'], [])).toBe(0.8)
})
