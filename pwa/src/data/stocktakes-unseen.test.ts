import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { catalogue } from './catalogue.ts'
import type { Sheet, SheetRow } from './stocktakes.ts'
import { unseenIn, whatWasSaid, type Answer, type Unseen } from './stocktakes-unseen.ts'

vi.mock('./session.ts', async () => {
  const { ref } = await import('vue')
  return { me: ref({ id: 'mei' }), myStore: ref({ id: 'wangjing' }), senderId: ref('mei') }
})

const item = (id: string): never => ({ id, name: id, nameEn: '', unit: '瓶' }) as never
const row = (skuId: string, state: SheetRow['state'], figures: SheetRow['figures'] = []): SheetRow =>
  ({ skuId, name: skuId, nameEn: '', unit: '瓶', state, round: 0, figures, counted: null, book: 4, difference: null, value: null, unsure: null, decision: null, reason: null })
const sheet = (blind: boolean, ...rows: SheetRow[]): Sheet => ({ session: { id: 'night' } as Sheet['session'], rows, unknown: 0, blind })
const left = (...skuIds: string[]): { goods: number; left: { skuId: string; shelfIds: string[] }[] } => ({ goods: 9, left: skuIds.map((skuId) => ({ skuId, shelfIds: [] })) })
const names = (unseen: Unseen[]): string[] => unseen.map(({ skuId, row: told }) => (told ? `${skuId}!` : skuId))
const said = (...pairs: [string, Answer][]): Map<string, Answer> => new Map(pairs)

beforeEach(() => {
  catalogue.value = new Map(['tea', 'cola', 'milk'].map((id) => [id, item(id)]))
})

test('who counts blind is asked about the goods of the scope that nobody counted', () => {
  expect(names(unseenIn(sheet(true), left('tea', 'cola')))).toEqual(['tea', 'cola'])
})

test('whoever sees the book is asked about what it has, and about what was counted on one shelf of two', () => {
  const told = sheet(false, row('cola', 'NOT_SEEN'), row('milk', 'READY', [{ who: '', personId: null, shelfId: 'A1', units: 2 }]))

  expect(names(unseenIn(told, left('tea', 'milk')))).toEqual(['milk', 'cola!'])
})

test('a clerk’s none is a count of zero', () => {
  const unseen = unseenIn(sheet(true), left('tea', 'cola'))

  const { notSeen, zeros, leaveOut } = whatWasSaid(unseen, said(['tea', 'GONE'], ['cola', 'NOT_LOOKED']), false)

  expect([notSeen, names(zeros), names(leaveOut)]).toEqual(['LEAVE_OUT', ['tea'], []])
})

test('a manager’s none is zero for the whole stocktake, and what nobody looked for is left out of it', () => {
  const unseen = unseenIn(sheet(false, row('tea', 'NOT_SEEN'), row('cola', 'NOT_SEEN')), left())

  const mixed = whatWasSaid(unseen, said(['tea', 'GONE'], ['cola', 'NOT_LOOKED']), true)
  const none = whatWasSaid(unseen, said(['tea', 'NOT_LOOKED'], ['cola', 'NOT_LOOKED']), true)

  expect([mixed.notSeen, names(mixed.zeros), names(mixed.leaveOut)]).toEqual(['ZERO', [], ['cola!']])
  expect([none.notSeen, none.zeros, none.leaveOut]).toEqual(['LEAVE_OUT', [], []])
})
