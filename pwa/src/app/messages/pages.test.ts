/** Every page finds the words that it, or anything that it may open, can say. */
import { expect, test } from 'vitest'
import router from '../router.ts?raw'
import { AREAS, type Area } from './areas.ts'
import english from './en.ts'
import chinese from './zh-CN.ts'

type Tree = { [key: string]: string | Tree }

const sources = import.meta.glob<string>(['/src/**/*.{vue,ts}', '!**/*.test.ts'], { query: '?raw', import: 'default', eager: true })
const dotted = (tree: Tree): string[] =>
  Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [key] : dotted(value).map((below) => `${key}.${below}`)))
const first = dotted(chinese)
const byArea = new Map<Area, string[]>()
for (const area of Object.keys(AREAS) as Area[]) byArea.set(area, dotted((await AREAS[area]['zh-CN']()).default))
const whole = [...first, ...[...byArea.values()].flat()]

/** A deed tells what it is in the list of operations, and nowhere else. */
const LISTS_DEEDS = /\.words\(/
const DEEDS = /^\/src\/data\/deeds\//
const deedWords = Object.entries(sources).flatMap(([path, text]) => (DEEDS.test(path) ? said(text) : []))

function said(text: string): string[] {
  const plain = [...text.matchAll(/\bt\('([\w.-]+)'/g)].map(([, key = '']) => key)
  const begun = [...text.matchAll(/\bt\(`([\w.-]+)\$\{[^}]*\}([\w.-]*)`/g)]
  return [...plain, ...begun.flatMap(([, begin = '', end = '']) => whole.filter((key) => key.startsWith(begin) && key.endsWith(end)))]
}

function sourceOf(address: string, from: string): string {
  return address.startsWith('@/') ? `/src/${address.slice(2)}` : new URL(address, `file://${from}`).pathname
}

/** All that a page may say, through everything that it imports, now or later. */
function saidFrom(page: string): Set<string> {
  const found = new Set([page])
  const keys = new Set<string>()
  for (const path of found) {
    const text = (sources[path] ?? '').replaceAll(/(?:im|ex)port type [^']*from '[^']*'/g, '')
    for (const [, address = ''] of text.matchAll(/(?:from|import\(|import)\s*'((?:@|\.)[^']*)'/g)) found.add(sourceOf(address, path))
    for (const key of DEEDS.test(path) ? [] : said(text)) keys.add(key)
    if (LISTS_DEEDS.test(text)) for (const key of deedWords) keys.add(key)
  }
  return keys
}

const pages = [...router.matchAll(/page\(\(\) => import\('([^']+)'\)((?:, '\w+')*)\)/g)].map(([, file = '', areas = '']) => ({
  file,
  areas: [...areas.matchAll(/\w+/g)].map(([area]) => area as Area),
}))

test('a page comes with all the words that it says, and with no others', () => {
  expect(pages.length).toBeGreaterThan(30)
  for (const { file, areas } of pages) {
    const missing = [...saidFrom(sourceOf(file, '/src/app/router.ts'))].filter((key) => !first.includes(key))
    const needed = [...byArea].filter(([, keys]) => missing.some((key) => keys.includes(key))).map(([area]) => area)
    expect(areas.toSorted(), file).toEqual(needed.toSorted())
  }
})

test('no page comes without saying which words it needs', () => {
  expect(router.match(/import\('/g)?.length).toBe(pages.length)
})

test('what stands around the pages, and the first of them, find their words at once', () => {
  for (const start of ['App.vue', 'ClerkHome.vue']) {
    const keys = [...saidFrom(`/src/app/${start}`)]
    expect(keys.length, start).toBeGreaterThan(5)
    expect(keys.filter((key) => !first.includes(key)), start).toEqual([])
  }
})

test('the same words come first, and with the same pages, in English', async () => {
  expect(dotted(english).toSorted()).toEqual(first.toSorted())
  for (const [area, keys] of byArea) expect(dotted((await AREAS[area].en()).default).toSorted(), area).toEqual(keys.toSorted())
})
