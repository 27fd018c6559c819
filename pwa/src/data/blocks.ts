/** Many small things, sealed in a few blocks: opening sixty blocks is quick where twenty thousand rows are not. */
import type { Sealed, Vault } from './vault.ts'

/** So few blocks that reading is fast, so many that a change rewrites little. */
const BLOCKS = 64

/** Which block a thing lies in: always the same one. */
export function blockOf(id: string): number {
  let hash = 0
  for (let index = 0; index < id.length; index += 1) hash = (hash * 31 + id.charCodeAt(index)) >>> 0
  return hash % BLOCKS
}

/** The blocks of these things, or `only` some of them (empty ones too, so that nothing old stays in them). */
export function sealBlocks<Thing>(
  vault: Vault,
  name: string,
  things: Iterable<Thing>,
  idOf: (thing: Thing) => string,
  only?: ReadonlySet<number>,
): Promise<[number, Sealed][]> {
  const blocks = new Map<number, Thing[]>([...(only ?? [])].map((block) => [block, []]))
  for (const thing of things) {
    const block = blockOf(idOf(thing))
    if (only && !only.has(block)) continue
    const held = blocks.get(block)
    if (held) held.push(thing)
    else blocks.set(block, [thing])
  }
  const sealing = [...blocks].map(async ([block, held]): Promise<[number, Sealed]> => [block, await vault.seal('readings', `${name} ${block}`, held)])
  return Promise.all(sealing)
}

/** What was kept; not `whole` when a part of it cannot be opened any more, so that it must be asked for again. */
export interface Kept<Thing> {
  things: Thing[]
  whole: boolean
}

export async function openBlocks<Thing>(vault: Vault, name: string, numbers: readonly number[], blocks: readonly Sealed[]): Promise<Kept<Thing>> {
  const opened = await Promise.all(blocks.map((sealed, index) => vault.open<Thing[]>('readings', `${name} ${numbers[index]}`, sealed)))
  return { things: opened.flatMap((things) => things ?? []), whole: !opened.includes(undefined) }
}
