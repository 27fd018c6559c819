import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { CountJournal } from './counts-journal.ts'
import { openDatabase, vaultOf } from './database.ts'
import { before, countedOf, lastStanding, type CountLine } from './counts-lines.ts'

const db = openDatabase('counts-test')
const vault = vaultOf(() => db)
let made = 0
function line(skuId: string | null, quantity: number, more: Partial<CountLine> = {}): CountLine {
  made += 1
  return {
    id: `0000-${String(made).padStart(6, '0')}`,
    stocktakeId: 'night', storeId: 'wangjing', actorId: 'mei', shelfId: null, round: 0,
    skuId, code: skuId === null ? '6900000000007' : null, name: skuId ?? '', nameEn: '', unit: '瓶',
    quantity, mode: 'ADD', at: made, latitude: null, longitude: null,
    ...more,
  }
}
const figures = (lines: CountLine[]): [string | null, number][] => countedOf(lines).map(({ skuId, quantity }) => [skuId, quantity])

test('scans add up, a figure takes their stead, and scans after it add to it', () => {
  const lines = [line('tea', 1), line('cola', 1), line('tea', 1), line('tea', 12, { mode: 'REPLACE' }), line('tea', 1)]

  expect(figures(lines)).toEqual([['tea', 13], ['cola', 1]])
})

test('lines count in the order in which they were made, however they lie in the device', () => {
  const [scan, figure] = [line('tea', 1), line('tea', 5, { mode: 'REPLACE' })]

  expect(figures([figure, scan])).toEqual([['tea', 5]])
})

test('a code that nobody knows is a thing of its own', () => {
  expect(countedOf([line(null, 1), line(null, 1), line('tea', 1)]).map(({ code, quantity }) => [code, quantity])).toEqual([[null, 1], ['6900000000007', 2]])
})

test('taking back goes back one thing after another, also past what has been sent', () => {
  const [one, two, three] = [line('tea', 1), line('cola', 4), line('tea', 9, { mode: 'REPLACE' })]
  const lines = [one, two, three]

  expect(lastStanding(lines)).toBe(three)
  lines.push(line('tea', before(lines, three), { mode: 'REPLACE', undoes: three.id }))
  expect(figures(lines)).toEqual([['tea', 1], ['cola', 4]])
  expect(lastStanding(lines)).toBe(two)
  lines.push(line('cola', before(lines, two), { mode: 'REPLACE', undoes: two.id }))
  expect(lastStanding(lines)).toBe(one)
  expect(before(lines, one)).toBe(0)
})

test('a line is struck out only while no deed has taken it', async () => {
  const journal = new CountJournal(vault, 'struck')
  const [free, packed] = [line('tea', 1), line('tea', 1, { packedIn: 'deed' })]
  await journal.write([free, packed])

  expect([await journal.strike(free.id), await journal.strike(packed.id)]).toEqual([true, false])
  expect(await journal.linesOf('night')).toEqual([packed])
})

test('what is left to be packed is this person’s, in the order of the scans', async () => {
  const journal = new CountJournal(vault, 'left')
  const [first, second] = [line('tea', 1), line('cola', 1)]
  await journal.write([second, line('tea', 1, { actorId: 'lan' }), first, line('tea', 1, { packedIn: 'deed' })])

  expect(await journal.unpacked('mei')).toEqual([first, second])
})

test('old lines are forgotten when they are packed, and never before', async () => {
  const journal = new CountJournal(vault, 'old')
  const [kept, gone] = [line('tea', 1), line('cola', 1, { packedIn: 'deed' })]
  await journal.write([kept, gone])

  await journal.forgetOld(30 * 86_400_000)

  expect(await journal.linesOf('night')).toEqual([kept])
})

test('a count goes on when the browser has closed the journal', async () => {
  const journal = new CountJournal(vault, 'closed')
  const [before, after] = [line('tea', 1), line('tea', 1)]
  await journal.write([before])
  ;(await (journal as unknown as { opened: Promise<IDBDatabase> }).opened).close()

  await journal.write([after])

  expect(await journal.linesOf('night')).toEqual([before, after])
})

test('a journal that could not be opened once is opened the next time', async () => {
  const journal = new CountJournal(vault, 'failed')
  vi.spyOn(indexedDB, 'open').mockImplementationOnce(() => {
    throw new DOMException('the disk is busy', 'UnknownError')
  })
  const one = line('tea', 1)

  await expect(journal.write([one])).rejects.toThrow('the disk is busy')
  await journal.write([one])

  expect(await journal.linesOf('night')).toEqual([one])
})

test('the picture of an unknown code stays with it, and adds nothing', () => {
  const photo = { id: 'p', sha256: '', bytes: 1, takenAt: '' }

  const [code] = countedOf([line(null, 2), line(null, 0, { photo }), line(null, 1)])

  expect([code?.quantity, code?.photo]).toEqual([3, photo])
})
