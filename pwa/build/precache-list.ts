/**
 * What the service worker keeps for opening offline: everything the clerk needs.
 *
 * What only the office shows stays out: its pictures are half a megabyte that a clerk's
 * phone never shows, and the worker keeps it at first use instead.
 */
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

export interface PrecacheEntry {
  url: string
  revision: string | null
}

interface Chunk {
  file: string
  src?: string
  imports?: string[]
  dynamicImports?: string[]
  css?: string[]
  assets?: string[]
}

const ENTRY = 'index.html'
const OFFICE = ['manager', 'people', 'channels', 'log', 'checklists', 'rules', 'shelves'].map((area) => `src/features/${area}/`)
const NEVER = /\.(br|gz|png)$|^sw\.js$|^\.vite\//

export function precacheList(folder: string): PrecacheEntry[] {
  const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>
  const managersOnly = filesOnlyForManagers(manifest)
  return files(folder)
    .filter((file) => !NEVER.test(file) && !managersOnly.has(file))
    .map((file) => ({ url: `/${file}`, revision: file.startsWith('assets/') ? null : digest(join(folder, file)) }))
}

function filesOnlyForManagers(manifest: Record<string, Chunk>): Set<string> {
  const everybody = reachable(manifest, [ENTRY], (key) => !OFFICE.some((folder) => key.startsWith(folder)))
  const all = reachable(manifest, Object.keys(manifest), () => true)
  return new Set([...all].filter((file) => !everybody.has(file)))
}

function reachable(manifest: Record<string, Chunk>, from: string[], follow: (key: string) => boolean): Set<string> {
  const seen = new Set<string>()
  const found = new Set<string>()
  const queue = [...from]
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    const chunk = manifest[key]
    if (!chunk || seen.has(key) || !follow(key)) continue
    seen.add(key)
    for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) found.add(file)
    queue.push(...(chunk.imports ?? []), ...(chunk.dynamicImports ?? []))
  }
  return found
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)
}
