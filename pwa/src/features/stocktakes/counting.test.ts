import { beforeEach, expect, test, vi } from 'vitest'
import { useCounting } from './counting.ts'

const world = vi.hoisted(() => ({
  answers: new Map<string, () => void>(),
  heard: [] as string[],
  forgotten: [] as string[],
  counting: async (): Promise<void> => {},
}))

vi.hoisted(() => vi.stubGlobal('localStorage', { getItem: () => 'ask', setItem: () => undefined }))
vi.mock('vue', async (real) => ({ ...(await real<object>()), onMounted: () => undefined, onBeforeUnmount: () => undefined }))
vi.mock('@/data/catalogue.ts', async () => ({ catalogue: (await import('vue')).ref(new Map()) }))
vi.mock('@/data/counts.ts', async () => {
  const { ref } = await import('vue')
  return { placeCounted: ref([]), stocktakeLines: ref([]), takeBackLine: async () => undefined, countLine: () => world.counting() }
})
vi.mock('@/data/photos.ts', () => ({
  DeviceFull: class extends Error {},
  keepPhoto: async () => ({ id: 'picture' }),
  forgetPhoto: async (id: string) => void world.forgotten.push(id),
}))
vi.mock('@/data/session.ts', async () => ({ myStore: (await import('vue')).ref({ id: 'wangjing' }) }))
vi.mock('@/data/stocktakes-places.ts', () => ({
  readCode: (code: string) =>
    new Promise((found) => world.answers.set(code, () => found({ item: { id: code, name: code, nameEn: code, unit: '瓶' }, units: 1 }))),
}))
vi.mock('@/ui/feedback.ts', () => ({ signal: (sound: string) => void world.heard.push(sound) }))
vi.mock('@/ui/scanning.ts', () => ({ useScanning: () => ({}) }))
vi.spyOn(console, 'error').mockReturnValue(undefined)

beforeEach(() => {
  world.heard = []
  world.forgotten = []
  world.counting = async () => {}
})

test('a code whose answer comes late does not take the place of the question that stands', async () => {
  const counting = useCounting({ elsewhere: () => false, only: () => undefined, isOutside: async () => false })
  const [slow, quick] = [counting.scan('cola'), counting.scan('tea')]
  world.answers.get('tea')?.()
  await quick
  world.answers.get('cola')?.()
  await slow

  expect(counting.asked.value?.thing.skuId).toBe('tea')
  expect(world.heard).toEqual(['scanned', 'refused'])
})

test('of two things that do not belong here none is lost without a sound', async () => {
  const counting = useCounting({ elsewhere: () => false, only: () => undefined, isOutside: async () => true })
  const scans = [counting.scan('cola'), counting.scan('tea')]
  for (const answer of world.answers.values()) answer()
  await Promise.all(scans)

  expect(counting.outside.value?.thing.skuId).toBe('cola')
  expect(world.heard).toEqual(['refused', 'refused'])
})

test('a picture whose line could not be written is not kept for nobody', async () => {
  const counting = useCounting({ elsewhere: () => false, only: () => undefined, isOutside: async () => false })
  world.counting = () => Promise.reject(new Error('closed'))

  await counting.show('6900000000007', new Blob())

  expect(world.forgotten).toEqual(['picture'])
})
