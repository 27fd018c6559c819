import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { clock } from './clock.ts'
import { countAt, countLine, packLines, packSoon, placeCounted, recallLines, stocktakeLines, takeBackLine } from './counts.ts'
import { CountJournal } from './counts-journal.ts'
import type { CountLine } from './counts-lines.ts'

const world = vi.hoisted(() => ({ recorded: [] as { by: string | undefined; quantities: number[]; clocks: unknown[] }[], recording: async (): Promise<void> => {} }))

vi.mock('./session.ts', async () => {
  const { ref } = await import('vue')
  return { me: ref({ id: 'mei' }), myStore: ref({ id: 'wangjing' }) }
})
vi.mock('./place.ts', () => ({ whereAmI: async () => 'unknown' }))
vi.mock('./deeds/stocktakes.ts', () => ({
  recordLines: async (lines: CountLine[]) => {
    world.recorded.push({ by: me.value?.id, quantities: lines.map(({ quantity }) => quantity), clocks: lines.map(({ by }) => by) })
    await world.recording()
    return { requestId: `deed ${world.recorded.length}` }
  },
}))
const { me } = (await import('./session.ts')) as unknown as { me: { value: { id: string } | undefined } }

const TEA = { skuId: 'tea', code: null, name: '茶', nameEn: 'tea', unit: '瓶' }
let night = 0

beforeEach(async () => {
  me.value = { id: 'mei' }
  world.recorded = []
  world.recording = async () => {}
  night += 1
  await countAt({ stocktakeId: `night ${night}`, shelfId: null, round: 0 })
})

test('what is taken back while a deed is made of it is taken back by a line that the server hears of too', async () => {
  await countLine(TEA, 5, 'ADD')
  let goOn = (): void => {}
  world.recording = () => new Promise((done) => (goOn = done))
  const packing = packLines()
  await vi.waitFor(() => expect(world.recorded).toHaveLength(1))

  const taking = takeBackLine()
  await new Promise((later) => setTimeout(later, 30))
  goOn()
  await Promise.all([packing, taking])
  world.recording = async () => {}
  await packLines()

  expect(world.recorded.map(({ quantities }) => quantities)).toEqual([[5], [0]])
  expect(placeCounted.value.map(({ quantity }) => quantity)).toEqual([0])
})

test('what one has counted does not go out under the name of who takes the device meanwhile', async () => {
  await countLine(TEA, 5, 'ADD')
  const packing = packLines()
  await Promise.resolve()
  await Promise.resolve()
  me.value = { id: 'lan' }
  await packing
  expect(world.recorded).toEqual([])

  me.value = { id: 'mei' }
  await packLines()
  expect(world.recorded.map(({ by, quantities }) => [by, quantities])).toEqual([['mei', [5]]])
})

test('what cannot be packed now is no unheard fault, and is packed the next time', async () => {
  const said = vi.spyOn(console, 'warn').mockImplementation(() => {})
  await countLine(TEA, 5, 'ADD')
  world.recording = () => Promise.reject(new Error('the device is full'))
  packSoon()
  await vi.waitFor(() => expect(said).toHaveBeenCalledWith('counts wait to be packed', expect.any(Error)))

  world.recording = async () => {}
  await packLines()

  expect(world.recorded.map(({ quantities }) => quantities)).toEqual([[5], [5]])
  expect(stocktakeLines.value.map(({ packedIn }) => packedIn)).toEqual(['deed 2'])
})

// The last of the file, because a clock that has heard the server stays so.
test('lines are counted by the server’s clock, and those from before it was heard go out apart', async () => {
  const DAY = 86_400_000
  const first = await countLine(TEA, 1, 'ADD')
  clock.heard(new Date(Date.now() - DAY).toUTCString(), performance.now())
  const second = await countLine(TEA, 2, 'ADD')
  await packLines()

  expect([first.by, second.by]).toEqual([0, 'server'])
  expect(Math.abs(second.at - (Date.now() - DAY))).toBeLessThan(5_000)
  expect(world.recorded.map(({ quantities, clocks }) => [quantities, clocks])).toEqual([[[1], [0]], [[2], ['server']]])
  // The list is in the order of her hands, whatever the clock did in between.
  expect(first.id < second.id).toBe(true)
  expect(placeCounted.value.map(({ quantity }) => quantity)).toEqual([3])
})

test('what is scanned while the lines of a stocktake are still being read stays in sight', async () => {
  const where = { stocktakeId: `night ${night}`, shelfId: null, round: 0 }
  await countLine(TEA, 1, 'ADD')
  const read = CountJournal.prototype.linesOf
  vi.spyOn(CountJournal.prototype, 'linesOf').mockImplementationOnce(async function (this: CountJournal, stocktakeId: string) {
    const lines = await read.call(this, stocktakeId)
    await countLine(TEA, 2, 'ADD')
    return lines
  })

  await countAt(where)
  expect(placeCounted.value.map(({ quantity }) => quantity)).toEqual([3])
})

test('a stocktake that was left while its lines were read does not come back in place of the next', async () => {
  const next = { stocktakeId: `next ${night}`, shelfId: null, round: 0 }
  await countLine(TEA, 1, 'ADD')
  const read = CountJournal.prototype.linesOf
  vi.spyOn(CountJournal.prototype, 'linesOf').mockImplementationOnce(async function (this: CountJournal, stocktakeId: string) {
    const lines = await read.call(this, stocktakeId)
    await countAt(next)
    return lines
  })

  await countAt({ ...next, stocktakeId: `night ${night}` })
  expect(stocktakeLines.value).toEqual([])
})

test('of two things that are counted again at one shelf each is looked at by itself, and taken back by itself', async () => {
  const [cola, where] = [{ ...TEA, skuId: 'cola' }, { stocktakeId: `night ${night}`, shelfId: 'b-12', round: 1 }]
  await countAt({ ...where, only: 'tea' })
  await countLine(TEA, 150, 'REPLACE')

  await countAt({ ...where, only: 'cola' })

  expect(placeCounted.value).toEqual([])
  expect(await takeBackLine()).toBeUndefined()
  await countLine(cola, 3, 'REPLACE')
  expect(placeCounted.value.map(({ skuId, quantity }) => [skuId, quantity])).toEqual([['cola', 3]])
  await countAt({ ...where, only: 'tea' })
  expect(placeCounted.value.map(({ skuId, quantity }) => [skuId, quantity])).toEqual([['tea', 150]])
})

test('what was counted here is known again after the app was closed, also to who does not count', async () => {
  await countLine(TEA, 5, 'ADD')
  await countAt({ stocktakeId: `elsewhere ${night}`, shelfId: null, round: 0 })
  expect(stocktakeLines.value).toEqual([])

  await recallLines(`night ${night}`)
  await recallLines(`night ${night}`)

  expect(stocktakeLines.value.map(({ stocktakeId, quantity }) => [stocktakeId, quantity])).toEqual([[`night ${night}`, 5]])
})
