import { expect, test } from 'vitest'
import { clock } from '../clock.ts'
import type { Fate } from './deed.ts'
import { countLines, type CountLinesDeed } from './stocktakes.ts'

const LINES = ['one', 'two', 'three'].map((id) => ({ id, quantity: 1, countedAt: '2026-11-22T01:00:00Z', skuId: 'tea' }))
const deed = (by?: 'server' | number): CountLinesDeed =>
  ({ kind: 'count-lines', lines: [], unknown: 0, input: { requestId: 'r', stocktakeId: 'night', lines: LINES }, ...(by !== undefined && { by }) }) as CountLinesDeed
const TOO_MANY = { path: 'lines[1].quantity', code: 'QUANTITY_OUT_OF_RANGE', message: '0 to 1,000,000 base units.', messageZh: '数量须在 0 到 1,000,000 之间。' }
function fate(...became: string[]): Fate {
  const outcomes = became.map((outcome, index) => ({ id: LINES[index]?.id, outcome, problems: outcome === 'REFUSED' ? [TOO_MANY] : [] }))
  return countLines.fate({ recordCounts: { __typename: 'RecordCountsSuccess', stocktakeId: 'night', version: 3, outcomes } }, deed())
}
const words = (told: Fate): string => (told.state === 'needs-you' ? told.reason.messageZh : told.state)

test('who sent a line that was refused hears which part counts and what to do', () => {
  expect(words(fate('RECORDED', 'REFUSED', 'REPEATED'))).toBe('3 下里有 1 下没记上：数量须在 0 到 1,000,000 之间。其余 2 下都算数，没记上的请再数一次。')
  expect(fate('RECORDED', 'REPEATED').state).toBe('accepted')
})

test('counts that came after the end are shown, not swallowed', () => {
  expect(words(fate('LATE', 'LATE'))).toContain('请到“盘点”里核对并收尾')
  expect(words(fate('KEPT'))).toContain('已取消')
})

test('what the server has taken is marked so: sent again, it would be answered the same', () => {
  for (const told of [fate('LATE'), fate('KEPT'), fate('RECORDED', 'REFUSED')]) expect(told).toMatchObject({ reason: { taken: true } })
})

test('what the clock says at sending is by the clock of the lines', () => {
  const DAY = 86_400_000
  clock.heard(new Date(Date.now() - DAY).toUTCString(), performance.now())
  const sentAt = (by?: 'server' | number): number => Date.parse((countLines.variables(deed(by)) as { input: { sentAt: string } }).input.sentAt) - Date.now()

  expect(Math.round(sentAt('server') / DAY)).toBe(-1)
  expect(Math.round(sentAt(2 * DAY) / DAY)).toBe(2)
  // An older app wrote these by the device's own clock.
  expect(Math.round(sentAt() / DAY)).toBe(0)
})
