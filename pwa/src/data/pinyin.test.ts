import { expect, test } from 'vitest'
import { syllables } from './pinyin.ts'

test.each([
  ['板蓝根', 'ban lan gen'],
  ['茉莉奶绿', 'mo li nai lv'],
  ['女儿红', 'nv er hong'],
  ['暖宝宝', 'nuan bao bao'],
  ['乱来', 'luan lai'],
  ['阿胶', 'a jiao'],
  ['做梦', 'zuo meng'],
  ['云南白药', 'yun nan bai yao'],
  ['西瓜霜', 'xi gua shuang'],
  ['饿了', 'e le'],
])('%s sounds like %s', (text, sounds) => {
  expect(syllables(text).join(' ')).toBe(sounds)
})

test('what is not Chinese stays as it is, without its points', () => {
  expect(syllables('7-Up 330ml（小）').join('')).toBe('7up330mlxiao')
})

test('every syllable has its own place in the order', () => {
  const collator = new Intl.Collator('zh-u-co-pinyin')
  const firsts = Array.from('阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥仨他屲夕丫帀')
  expect(firsts.map((character) => syllables(character)[0]?.charAt(0)).join('')).toBe('abcdefghjklmnopqrstwxyz')
  expect(firsts.toSorted(collator.compare)).toEqual(firsts)
})
