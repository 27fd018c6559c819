import { expect, test } from 'vitest'
import { language } from './language.ts'
import { useWords } from './words.ts'

const MOMENT = '2026-11-22T16:05:00Z'
const { clock, day, weekday } = useWords()

test('a moment is told in the shop’s zone and the reader’s language, whoever asked before', () => {
  expect([clock(MOMENT), day(MOMENT), weekday(MOMENT)]).toEqual(['00:05', '11月23日', '周一'])
  expect([clock(MOMENT, 'Asia/Urumqi'), day(MOMENT, 'Asia/Urumqi')]).toEqual(['22:05', '11月22日'])

  language.value = 'en'
  expect([clock(MOMENT), day(MOMENT), weekday(MOMENT)]).toEqual(['00:05', 'Nov 23', 'Mon'])

  language.value = 'zh-CN'
  expect(day(MOMENT)).toBe('11月23日')
})
