import { expect, test } from 'vitest'
import { numberOf, readings } from './sentence.ts'

test.each([
  ['查板蓝根库存', 'look-up', '板蓝根', null],
  ['帮我查一下板蓝根还有多少', 'look-up', '板蓝根', null],
  ['板蓝根还有几盒', 'look-up', '板蓝根', null],
  ['板蓝根有没有货？', 'look-up', '板蓝根', null],
  ['看看奶盖多少钱', 'look-up', '奶盖', null],
  ['板蓝根', 'look-up', '板蓝根', null],
  ['卖两盒板蓝根', 'sell', '板蓝根', 2],
  ['卖了板蓝根十二盒', 'sell', '板蓝根', 12],
  ['退货板蓝根', 'return', '板蓝根', null],
  ['板蓝根要退货', 'return', '板蓝根', null],
  ['盘点可口可乐', 'count', '可口可乐', null],
  ['stock of oat milk', 'look-up', 'oat milk', null],
  ['how many oat milk in stock', 'look-up', 'oat milk', null],
  ['Sell two oat milk', 'sell', 'oat milk', 2],
])('%s', (sentence, intent, goods, quantity) => {
  expect(readings(sentence)).toContainEqual({ intent, goods, quantity })
})

test.each([
  ['开始营业', 'open-day'],
  ['交班。', 'hand-over'],
  ['处理退货', 'return'],
  ['盘点', 'count'],
])('%s is a thing to do by itself', (sentence, intent) => {
  expect(readings(sentence)[0]).toEqual({ intent, goods: '', quantity: null })
})

test('a number may belong to the name', () => {
  expect(readings('三只松鼠').map(({ goods, quantity }) => [goods, quantity])).toContainEqual(['三只松鼠', null])
  expect(readings('卖三只松鼠').map(({ goods, quantity }) => [goods, quantity])).toEqual(
    expect.arrayContaining([['松鼠', 3], ['三只松鼠', null]]),
  )
})

test('a verb that was misheard does not hide the goods', () => {
  expect(readings('茶板蓝根库存').map(({ goods }) => goods)).toContain('板蓝根')
})

test('nothing said means nothing', () => {
  expect(readings('')).toEqual([])
  expect(readings('。，')).toEqual([])
})

test.each([['十', 10], ['十二', 12], ['二十', 20], ['两', 2], ['一百零五', 105], ['三百二十', 320], ['12', 12], ['ten', 10], ['一二', null], ['好', null]])(
  'the number %s',
  (words, value) => {
    expect(numberOf(words)).toBe(value)
  },
)
