import { expect, test, vi } from 'vitest'
import { language, teach } from './language.ts'
import { useWords } from './words.ts'

const MOMENT = '2026-11-22T16:05:00Z'
const { clock, day, weekday, when, isPieces } = useWords()

test('a moment is told in the shop’s zone and the reader’s language, whoever asked before', () => {
  expect([clock(MOMENT), day(MOMENT), weekday(MOMENT)]).toEqual(['00:05', '11月23日', '周一'])
  expect([clock(MOMENT, 'Asia/Urumqi'), day(MOMENT, 'Asia/Urumqi')]).toEqual(['22:05', '11月22日'])

  language.value = 'en'
  expect([clock(MOMENT), day(MOMENT), weekday(MOMENT)]).toEqual(['00:05', 'Nov 23', 'Mon'])

  language.value = 'zh-CN'
  expect(day(MOMENT)).toBe('11月23日')
})

test('a time alone is of today; one of tomorrow or of another day says so', () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T10:42:00Z'), toFake: ['Date', 'performance'] })
  teach('zh-CN', { tasks: { tomorrow: '明天 {time}' } })
  expect(when('2026-11-22T10:42:00Z')).toBe('18:42')
  expect(when('2026-11-23T10:42:00Z')).toBe('明天 18:42')
  expect(when('2026-11-22T16:05:00Z'), 'after midnight in the shop').toBe('明天 00:05')
  expect(when('2026-11-21T10:42:00Z')).toBe('11月21日 18:42')
  expect(when('2026-11-24T10:42:00Z')).toBe('11月24日 18:42')
  vi.useRealTimers()
})

test('what is counted in pieces is told from what is measured', () => {
  expect(['件', '个', '瓶'].map(isPieces)).toEqual([true, true, true])
  expect(['℃', '公斤', '', null].map(isPieces)).toEqual([false, false, false, false])
})
