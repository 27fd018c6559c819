import { expect, test, vi } from 'vitest'
import type { Operation } from '@/data/operations.ts'
import { wayBack } from './keep.ts'
import { teach } from './language.ts'
import { hush, snackbar } from './snackbar.ts'

const undo = vi.hoisted(() => vi.fn<(operation: Operation) => Promise<void>>())
vi.mock('@/data/deeds.ts', () => ({ undo }))
vi.mock('./feedback.ts', () => ({ signal: () => undefined }))
vi.spyOn(console, 'error').mockReturnValue(undefined)
teach('zh-CN', { common: { undo: '撤销', notKept: '没有记下' } })
const sale = { requestId: 'r' } as Operation

test('who takes something back on a phone that cannot write it down hears that it stands', async () => {
  undo.mockRejectedValueOnce(new Error('full'))
  wayBack(sale).run()
  await expect.poll(() => snackbar.notice).toEqual({ tone: 'refused', text: '没有记下' })

  hush()
  undo.mockResolvedValueOnce(undefined)
  wayBack(sale).run()
  await expect.poll(() => undo.mock.calls).toEqual([[sale], [sale]])
  expect(snackbar.notice).toBeUndefined()
})
