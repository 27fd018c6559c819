import { expect, test } from 'vitest'
import { unreadOf, withRead } from './unread.ts'

const answer = { id: 'a1', byName: '林婉清', at: '2026-11-22T04:00:00Z', words: '先放到退货区' }
const call = { screen: '退货', words: '不知道怎么做', answers: [answer] }

test('an answer is shown with what was asked, until it is read', () => {
  expect(unreadOf([call], '')).toEqual([{ ...answer, about: '不知道怎么做' }])
  expect(unreadOf([{ ...call, words: null }], '')[0]?.about).toBe('退货')
  expect(unreadOf([call], withRead('', 'a1'))).toEqual([])
})

test('a device does not remember for ever', () => {
  const many = Array.from({ length: 150 }, (_, n) => `a${n}`).reduce(withRead, '')
  expect(many.split(' ')).toHaveLength(100)
  expect(unreadOf([{ ...call, answers: [{ ...answer, id: 'a149' }] }], many)).toEqual([])
})
