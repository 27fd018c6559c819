import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { countAt, countLine, packLines, placeCounted, takeBackLine } from './counts.ts'
import type { CountLine } from './counts-lines.ts'

const world = vi.hoisted(() => ({ recorded: [] as { by: string | undefined; quantities: number[] }[], recording: async (): Promise<void> => {} }))

vi.mock('./session.ts', async () => {
  const { ref } = await import('vue')
  return { me: ref({ id: 'mei' }), myStore: ref({ id: 'wangjing' }) }
})
vi.mock('./place.ts', () => ({ whereAmI: async () => 'unknown' }))
vi.mock('./deeds/stocktakes.ts', () => ({
  recordLines: async (lines: CountLine[]) => {
    world.recorded.push({ by: me.value?.id, quantities: lines.map(({ quantity }) => quantity) })
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
  expect(world.recorded).toEqual([{ by: 'mei', quantities: [5] }])
})
