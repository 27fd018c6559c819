/** From a spoken or typed sentence to what is wanted of which goods; the same for ears and for thumbs. */
import type { CatalogueItem } from '../catalogue-item.ts'
import { distance } from './near-sound.ts'
import { syllables } from '../pinyin.ts'
import { readings, type Intent } from './sentence.ts'

export interface Understood {
  intent: Intent
  quantity: number | null
  /** The nearest first; empty when no goods were named. */
  items: CatalogueItem[]
  /** Whether the first of them is meant beyond doubt. */
  sure: boolean
}

/** Further than this it is another name. */
const FARTHEST = 0.26
/** The next best must be so much further, or somebody has to choose. */
const AHEAD = 0.08
const MOST = 8

const sounds = new WeakMap<CatalogueItem, readonly (readonly string[])[]>()

/** Null when the sentence is about nothing that the shop knows. Further sentences are what else was perhaps said. */
export function understand(sentences: readonly string[], catalogue: Iterable<CatalogueItem>): Understood | null {
  const items = [...catalogue]
  let best: (Understood & { far: number }) | null = null
  for (const reading of sentences.flatMap(readings)) {
    const { intent, quantity, goods } = reading
    if (goods === '') {
      best ??= { intent, quantity, items: [], sure: true, far: 0 }
      continue
    }
    const ranked = nearest(goods, items)
    const [first, second] = ranked
    if (!first || (best && best.far <= first.far)) continue
    const sure = !second || second.rank - first.rank > AHEAD
    best = { intent, quantity, items: ranked.map(({ item }) => item), sure, far: first.far }
  }
  return best && { intent: best.intent, quantity: best.quantity, items: best.items, sure: best.sure }
}

interface Ranked {
  item: CatalogueItem
  far: number
  rank: number
}

function nearest(goods: string, items: readonly CatalogueItem[]): Ranked[] {
  const spoken = syllables(goods)
  const ranked: Ranked[] = []
  for (const item of items) {
    for (const name of soundsOf(item)) {
      const far = distance(spoken, name)
      if (far > FARTHEST) continue
      // Of two that sound alike, the one that was named whole.
      const left = Math.max(0, name.length - spoken.length) / (name.length + 1)
      ranked.push({ item, far, rank: far + left * 0.3 })
      break
    }
  }
  return ranked.sort((a, b) => a.rank - b.rank).slice(0, MOST)
}

function soundsOf(item: CatalogueItem): readonly (readonly string[])[] {
  let known = sounds.get(item)
  if (!known) {
    const chinese = syllables(item.name)
    // By ear, by English letters, and by the letters of the pinyin.
    sounds.set(item, (known = [chinese, syllables(item.nameEn), Array.from(chinese.join(''))]))
  }
  return known
}
