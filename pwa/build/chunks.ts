/** Which file a module of ours travels in: few files, and a clerk's first page fetches none that it does not need. */
import { fileURLToPath } from 'node:url'

interface Graph {
  getModuleInfo(id: string): { importers: readonly string[] } | null
}

const FIRST = fileURLToPath(new URL('../src/app/main.ts', import.meta.url))
const SHARED = /\/src\/(data\/(?!office\/|spoken\/)|ui\/)/
const OURS = /\/src\/(data|ui|features)\//

/** `shop` is what the clerk's home stands on. */
const shop = (id: string, graph: Graph): string | null => (OURS.test(id) && leadsToFirst(id, graph) ? 'shop' : null)

/** The first group takes what it needs with it; `floor` is what only other pages share. */
export const GROUPS = [
  { name: 'frame', test: /^\0(?:vite|rolldown)\/|node_modules\/(@?vue|vue-router|idb|graphql-ws|gql\.tada|@0no-co)\b/, priority: 3 },
  { name: shop, priority: 2 },
  { name: 'floor', test: SHARED, priority: 1 },
]

/** Whether one of the first pages imports a module, by however many steps, before anybody asks for more. */
function leadsToFirst(id: string, graph: Graph): boolean {
  const seen = new Set([id])
  for (const each of seen) {
    if (each === FIRST) return true
    for (const importer of graph.getModuleInfo(each)?.importers ?? []) seen.add(importer)
  }
  return false
}
