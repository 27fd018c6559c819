import { expect, test } from 'vitest'
import { needsYou, type Operation } from '../operations.ts'
import type { Place } from './deed.ts'
import { goodsReturn, type GoodsReturnDeed } from './returns.ts'

function taken(told: Place | undefined, onSale = false): GoodsReturnDeed {
  return { kind: 'goods-return', lines: [], onSale, ...(told && { told }), input: {} as GoodsReturnDeed['input'] }
}

type NeededAt = { storeName: string; storeNameEn: string; lacks: number } | null

function accepted(deed: GoodsReturnDeed, disposition: Place, neededAt: NeededAt = null): Operation {
  const fate = goodsReturn.fate({ recordReturn: { __typename: 'RecordReturnSuccess', returned: { id: 'r', disposition }, neededAt } }, deed)
  return { requestId: 'r', actorId: 'a', storeId: 's', at: 0, attempts: 1, deed, state: fate.state, fate }
}

test('goods that lie where the server wants them need nobody', () => {
  const done = accepted(taken('SUPPLIER'), 'SUPPLIER')
  expect(done.fate).not.toHaveProperty('belongs')
  expect(needsYou(done)).toBe(false)
})

test('goods that lie elsewhere are accepted and say where they must go, until she knows', () => {
  const done = accepted(taken('QUARANTINE'), 'SUPPLIER')
  expect(done.fate).toMatchObject({ state: 'accepted', belongs: 'SUPPLIER' })
  expect(needsYou(done)).toBe(true)
  expect(needsYou({ ...done, handled: true })).toBe(false)
})

test('of an older app it is known only whether it was the shelf', () => {
  expect(needsYou(accepted(taken(undefined), 'DESTROYED'))).toBe(false)
  expect(needsYou(accepted(taken(undefined, true), 'DESTROYED'))).toBe(true)
})

test('what another shop lacks is said beside what came back, and needs nobody', () => {
  const wangjing = { storeName: '望京店', storeNameEn: 'Wangjing', lacks: 6 }
  const done = accepted(taken('BACK_ON_SALE', true), 'BACK_ON_SALE', wangjing)

  expect(done.fate).toMatchObject({ state: 'accepted', neededAt: { name: '望京店', nameEn: 'Wangjing', lacks: 6 } })
  expect(needsYou(done)).toBe(false)
  expect(accepted(taken('BACK_ON_SALE', true), 'BACK_ON_SALE').fate).not.toHaveProperty('neededAt')
})
