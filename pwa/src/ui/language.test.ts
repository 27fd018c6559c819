import { beforeEach, expect, test } from 'vitest'
import { language, t, teach } from './language.ts'

teach('zh-CN', { shelf: { left: '还剩 {n} 件，约 {minutes} 分钟', none: '没有' } })
teach('en', { shelf: { left: '{n} {n|piece|pieces} left, about {minutes} min', list: '{n} {n|list is|lists are} open', of: '{n} of {all} {all|item|items}' } })

beforeEach(() => {
  language.value = 'en'
})

test('one of a thing is told as one, any other number as many', () => {
  const told = [0, 1, 2, '1', 1.5].map((n) => t('shelf.list', { n }).replaceAll('\u00a0', ' '))

  expect(told).toEqual(['0 lists are open', '1 list is open', '2 lists are open', '1 list is open', '1.5 lists are open'])
})

test('each word fits its own count', () => {
  expect(t('shelf.of', { n: 3, all: 1 })).toBe('3\u00a0of 1\u00a0item')
})

test('a figure is never parted from its unit at the end of a line', () => {
  expect(t('shelf.left', { n: 1, minutes: 15 })).toBe('1\u00a0piece left, about 15\u00a0min')

  language.value = 'zh-CN'
  expect(t('shelf.left', { n: 4, minutes: 15 })).toBe('还剩 4\u00a0件，约 15\u00a0分钟')
})

test('what English lacks is said in Chinese, and what nobody knows by its key', () => {
  expect([t('shelf.none'), t('shelf.away')]).toEqual(['没有', 'shelf.away'])
})
