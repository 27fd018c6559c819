import { expect, test, vi } from 'vitest'
import type { Operation } from '@/data/operations.ts'
import { once, wayBack } from './keep.ts'
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

test('a thumb that taps twice does one deed, and may do the next when that is kept', async () => {
  let kept = (): void => {}
  const done: string[] = []
  const answer = once(async (what: string) => {
    await new Promise<void>((goOn) => (kept = goOn))
    done.push(what)
  })

  const first = answer('filled')
  await answer('filled')
  kept()
  await first
  const second = answer('none')
  kept()
  await second

  expect(done).toEqual(['filled', 'none'])
})

test('what failed may be tried again', async () => {
  const act = vi.fn<() => Promise<void>>().mockRejectedValueOnce(new Error('no'))
  const tried = once(act)

  await expect(tried()).rejects.toThrow('no')
  await tried()
  expect(act).toHaveBeenCalledTimes(2)
})
