import { expect, test } from 'vitest'

const sources = import.meta.glob<string>('../**/*.{vue,ts}', { query: '?raw', import: 'default', eager: true })
/** What each part may import of the others; `worker` sends too, so it shares what `data` knows without a screen. */
const MAY: Record<string, string[]> = {
  data: ['data', 'generated'],
  ui: ['ui', 'data', 'worker'],
  features: ['ui', 'data'],
  app: ['app', 'features', 'ui', 'data'],
  worker: ['worker', 'data'],
}

interface Import {
  from: string
  to: string
}

function partsOf(path: string): string[] {
  return path.replace(/^\.\.\//, '').replace(/^\.\//, 'app/').split('/')
}

function importsOf(path: string, text: string): Import[] {
  const here = partsOf(path).slice(0, -1)
  const written = [...text.matchAll(/(?:from|import\(|URL\()\s*'((?:@|\.)[^']*)'/g)].map(([, address = '']) => address)
  return written.map((address) => {
    if (address.startsWith('@/')) return { from: here.join('/'), to: address.slice(2) }
    const steps = address.split('/')
    const up = steps.filter((step) => step === '..').length
    const rest = steps.filter((step) => step !== '..' && step !== '.')
    return { from: here.join('/'), to: [...here.slice(0, here.length - up), ...rest].join('/') }
  })
}

/** A test may compare what stands in two parts: it runs nowhere else. */
const imports = Object.entries(sources).filter(([path]) => !path.includes('.test.')).flatMap(([path, text]) => importsOf(path, text))

test('each part imports only what stands below it', () => {
  expect(imports.length).toBeGreaterThan(200)
  for (const { from, to } of imports) {
    const [part = '', target = ''] = [from.split('/')[0], to.split('/')[0]]
    const feature = from.split('/').slice(0, 2).join('/')
    if (part === 'features' && to.startsWith(`${feature}/`)) continue
    expect(MAY[part], `${from} imports ${to}`).toContain(target)
  }
})

test('only data talks to the server', () => {
  for (const [path, text] of Object.entries(sources)) {
    const part = partsOf(path)[0]
    if (part === 'data' || part === 'worker' || path.includes('.test.')) continue
    expect(/\bfetch\(|transport\.ts'[^]*\bask\b|graphql-ws/.test(text), path).toBe(false)
  }
})

/** Everything that a file needs when it runs, and what that needs in turn. */
function reach(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found
  found.add(path)
  const run = (sources[path] ?? '').replaceAll(/(?:im|ex)port type [^']*from '[^']*'/g, '')
  for (const { to } of importsOf(path, run)) reach(to.startsWith('../') ? to : `../${to}`, found)
  return found
}

test('the service worker carries no screen and no session', () => {
  const carried = [...reach('../worker/service-worker.ts')]
  expect(carried).toContain('../data/deeds/sales.ts')
  for (const path of carried) expect(/from '(vue|vue-router|vant|@\/ui\/language)/.test(sources[path] ?? ''), path).toBe(false)
})
