import { expect, test, vi } from 'vitest'
import { nextTick, ref } from 'vue'
import type { Contact } from '@/data/connection.ts'
import { useSalesSearch } from './sales-search.ts'

const shop = vi.hoisted(() => ({ contact: undefined as unknown, asked: [] as string[], away: true }))

vi.mock('@/data/connection.ts', async () => {
  const { ref: made } = await import('vue')
  return { contact: (shop.contact = made<Contact>('offline')) }
})
vi.mock('@/data/session.ts', () => ({ myStore: { value: { id: 'wangjing' } } }))
vi.mock('@/data/returns.ts', () => ({
  salesOfThisPhone: () => [{ key: 'mine', soldAt: 'a' }],
  salesToReturn: async (_: string, { skuId }: { skuId: string }) => {
    shop.asked.push(skuId)
    if (shop.away) throw new Error('unreachable')
    return [{ key: 'theirs', soldAt: 'b' }]
  },
}))

test('what only this phone could find is asked for again by itself when it is in touch', async () => {
  const contact = shop.contact as { value: Contact }
  const item = ref<string | undefined>('cola')
  const { candidates, offline, looking, look } = useSalesSearch(() => item.value)

  await look('cola')
  expect([candidates.value.map(({ key }) => key), offline.value, looking.value]).toEqual([['mine'], true, false])

  contact.value = 'connecting'
  await nextTick()
  expect(shop.asked).toEqual(['cola'])
  shop.away = false
  contact.value = 'live'
  await vi.waitFor(() => expect(offline.value).toBe(false))
  expect(candidates.value.map(({ key }) => key)).toEqual(['mine', 'theirs'])

  // What the server has told needs no second asking.
  contact.value = 'offline'
  await nextTick()
  contact.value = 'live'
  await nextTick()
  expect(shop.asked).toEqual(['cola', 'cola'])
})

test('what comes for an item that was closed meanwhile is dropped', async () => {
  const item = ref<string | undefined>('cola')
  const { candidates, look } = useSalesSearch(() => item.value)
  const looked = look('cola')
  item.value = undefined
  await looked

  expect(candidates.value).toEqual([])
})
