import { expect, test } from 'vitest'

type Tree = { [key: string]: string | Tree }

function leaves(tree: Tree, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    const here = path ? `${path}.${key}` : key
    if (typeof value === 'string') found.set(here, value)
    else for (const [below, text] of leaves(value, here)) found.set(below, text)
  }
  return found
}

const whole = (files: Record<string, Tree>): Map<string, string> => leaves(Object.assign({}, ...Object.values(files)))
const chinese = whole(import.meta.glob<Tree>('./*zh-CN.ts', { import: 'default', eager: true }))
const english = whole(import.meta.glob<Tree>('./*en.ts', { import: 'default', eager: true }))

test('English says everything that Chinese says, and nothing else', () => {
  expect([...english.keys()].toSorted()).toEqual([...chinese.keys()].toSorted())
})

test('a sentence speaks of the same things in both languages', () => {
  const holes = (text: string | undefined): string[] => [...(text ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').toSorted()
  for (const [key, text] of chinese) expect(holes(english.get(key)), key).toEqual(holes(text))
})

test('a word beside a count fits one of it and many of it', () => {
  const NO_COUNT = new Set(['name', 'title', 'item', 'code', 'category', 'store', 'prefix', 'number', 'who'])
  const counted = /\{(\w+)\} (?:[a-z-]+ )?(?:[a-z-]{2,}s|people)\b/g
  const rigid = [...english].flatMap(([key, text]) => [...text.matchAll(counted)].filter(([, hole = '']) => !NO_COUNT.has(hole)).map(([found]) => `${key}: ${found}`))

  expect(rigid).toEqual([])
  for (const [key, text] of english) {
    for (const [, hole = ''] of text.matchAll(/\{(\w+)\|/g)) expect(text, key).toContain(`{${hole}}`)
  }
})

test('no sentence is empty, and Chinese is Chinese', () => {
  const WITHOUT_HAN = new Set(['movements.source.ERP', 'people.and', 'returns.soldAt'])
  for (const [key, text] of chinese) expect(/\p{Script=Han}/u.test(text) || WITHOUT_HAN.has(key), key).toBe(true)
  for (const [key, text] of english) expect(text.trim() && !/\p{Script=Han}/u.test(text), key).toBeTruthy()
})

const files = import.meta.glob<string>(['../../**/*.{vue,ts}', '!**/*.test.ts', '!**/messages/*'], { query: '?raw', import: 'default', eager: true })
const asked = Object.entries(files).flatMap(([file, text]) => [...text.matchAll(/\bt\('([\w.-]+)'/g)].map(([, key = '']) => ({ file, key })))
const begun = Object.entries(files).flatMap(([file, text]) => [...text.matchAll(/\bt\(`([\w.-]+)\$\{[^}]*\}([\w.-]*)`/g)].map(([, begin = '', end = '']) => ({ file, begin, end })))

test('every sentence that a screen asks for exists', () => {
  expect(asked.length).toBeGreaterThan(100)
  for (const { file, key } of asked) expect(chinese.has(key), `${file}: ${key}`).toBe(true)
  for (const { file, begin, end } of begun) {
    expect([...chinese.keys()].some((key) => key.startsWith(begin) && key.endsWith(end)), `${file}: ${begin}…${end}`).toBe(true)
  }
})

test('no sentence waits for a screen that never says it', () => {
  const said = new Set(asked.map(({ key }) => key))
  const silent = [...chinese.keys()].filter((key) => !said.has(key) && !begun.some(({ begin, end }) => key.startsWith(begin) && key.endsWith(end)))
  expect(silent).toEqual([])
})
