import { expect, test } from 'vitest'
import { begunHandOver, forgetBegun } from './begun.ts'

test('what was begun is there again, for the same person only, until it is handed over', () => {
  begunHandOver('fang wangjing 11-22').note = '奶盖快没了'
  expect(begunHandOver('fang wangjing 11-22').note).toBe('奶盖快没了')
  forgetBegun()
  expect(begunHandOver('fang wangjing 11-22').note).toBe('')
  begunHandOver('fang wangjing 11-22').ending = 'shift'
  expect(begunHandOver('lei wangjing 11-22').ending).toBe('day')
})
