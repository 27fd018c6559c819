import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { Unreachable } from './transport.ts'

const network = vi.hoisted(() => ({ away: false }))

vi.mock('./live.ts', () => ({ watchLive: () => {} }))
vi.mock('./transport.ts', async (original) => ({
  ...(await original<object>()),
  ask: async (_document: unknown, variables: { known?: string[] }) => {
    if (network.away) throw new Unreachable()
    if (!variables.known) return { inStorePatterns: [] }
    const skus = [{ id: 'tea', code: 'tea', name: '茶', nameEn: 'tea', unit: '杯', category: { id: 'drinks' }, gtins: [], price: 1 }]
    return { catalogueChanges: { complete: true, blocks: [{ number: 0, digest: 'a', skus }] } }
  },
}))
vi.stubGlobal('addEventListener', () => {})

test('who scans while the app opens is told what this phone knows', async () => {
  await (await import('./catalogue.ts')).openCatalogue('wangjing')
  network.away = true

  vi.resetModules()
  const { openCatalogue, resolveCode } = await import('./catalogue.ts')
  const scanned = resolveCode('tea', 'wangjing')
  await openCatalogue('wangjing')

  expect((await scanned)?.item.id).toBe('tea')
})

test('where no store is kept, nobody waits for one', async () => {
  vi.resetModules()
  const { openCatalogue, resolveCode } = await import('./catalogue.ts')
  await openCatalogue(undefined)
  expect(await resolveCode('tea', 'wangjing')).toBeNull()
})
