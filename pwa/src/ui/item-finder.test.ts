import { afterEach, expect, test, vi } from 'vitest'
import { createRenderer } from 'vue'
import { useItemFinder, type ItemFinding, type Otherwise } from './item-finder.ts'

vi.mock('@/data/catalogue.ts', () => ({
  catalogue: { value: new Map() },
  resolveCode: async () => null,
  searchCatalogue: () => [],
  searchServer: async () => [],
}))
vi.mock('./feedback.ts', () => ({ signal: () => {} }))
vi.mock('./wedge.ts', () => ({ listenForScanner: () => () => {} }))
vi.useFakeTimers()
afterEach(() => vi.clearAllTimers())

const nothing = { insert() {}, remove() {}, createText: () => ({}), createComment: () => ({}), setText() {}, setElementText() {}, createElement: () => ({}), parentNode: () => null, nextSibling: () => null, patchProp() {} }

/** A page that looks for receipts, and how to leave it. */
function page(otherwise: () => Promise<Otherwise>): { finding: ItemFinding; leave: () => void } {
  let finding!: ItemFinding
  const app = createRenderer(nothing).createApp({
    setup() {
      finding = useItemFinder(() => 'wangjing', () => {}, () => {}, otherwise, () => true)
      return () => null
    },
  })
  app.mount({})
  return { finding, leave: () => app.unmount() }
}

/** The same page, where the server thinks until `answer` is called. */
function slowPage() {
  let answer: (told: Otherwise) => void = () => {}
  const otherwise = vi.fn(() => new Promise<Otherwise>((told) => (answer = told)))
  return { ...page(otherwise), otherwise, answer: (told: Otherwise): void => answer(told) }
}

test('what nobody answers about is asked again, until somebody does', async () => {
  const open = vi.fn()
  const answers: Otherwise[] = ['unanswered', 'unanswered', open]
  const { finding } = page(async () => answers.shift() ?? false)
  finding.text.value = 'P1122-0A1B2C'
  await vi.advanceTimersByTimeAsync(10_000)

  expect(open).toHaveBeenCalledOnce()
  expect(finding.text.value).toBe('')
})

test('who leaves while it is being asked asks no more', async () => {
  const { finding, leave, otherwise, answer } = slowPage()
  finding.text.value = 'P1122-0A1B2C'
  await vi.advanceTimersByTimeAsync(1_000)
  expect(otherwise).toHaveBeenCalledOnce()

  leave()
  answer('unanswered')
  await vi.advanceTimersByTimeAsync(60_000)

  expect(otherwise).toHaveBeenCalledOnce()
})

test('an answer that comes late wipes away nothing that is typed by now', async () => {
  const { finding, answer } = slowPage()
  finding.text.value = 'P1122-0A1B2C'
  const asked = finding.submit()
  await vi.advanceTimersByTimeAsync(0)
  finding.text.value = 'P1122-0A1B2D'
  answer(false)
  await asked

  expect(finding.text.value).toBe('P1122-0A1B2D')
  expect(finding.unknown.value).toBe('')
})

test('nor does the answer to what a scanner read meanwhile, but it is told', async () => {
  const { finding, answer } = slowPage()
  const asked = finding.scan('69012345')
  await vi.advanceTimersByTimeAsync(0)
  finding.text.value = '珍'
  answer(false)
  await asked

  expect(finding.text.value).toBe('珍')
  expect(finding.unknown.value).toBe('69012345')
})
