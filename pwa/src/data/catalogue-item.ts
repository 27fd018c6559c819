/** One thing that the shop sells, as the device keeps it. */
import type { SkuParts } from './documents/stock.ts'
import type { ResultOf } from './graphql.ts'
import { initials, syllables } from './pinyin.ts'

export interface CatalogueItem {
  id: string
  code: string
  name: string
  nameEn: string
  unit: string
  categoryId: string
  gtins: { gtin: string; packUnits: number }[]
  /** In the store that the device works for; null when it has none there. */
  priceFen: number | null
  initials: string
  /** The part of the server's catalogue that it lies in; unknown when it was only scanned. */
  block?: number
}

export interface Scanned {
  item: CatalogueItem
  /** How many pieces the scanned code stands for. */
  packUnits: number
}

export function itemOf(sku: ResultOf<typeof SkuParts> & { price: number | null }): CatalogueItem {
  const { id, code, name, nameEn, unit, category, gtins, price } = sku
  return { id, code, name, nameEn, unit, categoryId: category.id, gtins, priceFen: price, initials: initials(name) }
}

/** Best first: the exact code, then the beginning of a name, its initials or its pinyin, then anywhere inside. */
export function searchItems(items: Iterable<CatalogueItem>, text: string, most = 30): CatalogueItem[] {
  const wanted = text.trim().toLowerCase()
  if (!wanted) return []
  const ranked: { item: CatalogueItem; rank: number }[] = []
  for (const item of items) {
    const rank = rankOf(item, wanted)
    if (rank < 4) ranked.push({ item, rank })
  }
  ranked.sort((a, b) => a.rank - b.rank || a.item.name.localeCompare(b.item.name, 'zh'))
  return ranked.slice(0, most).map(({ item }) => item)
}

function rankOf(item: CatalogueItem, wanted: string): number {
  if (item.code.toLowerCase() === wanted || item.gtins.some(({ gtin }) => gtin === wanted)) return 0
  const names = [item.name.toLowerCase(), item.initials, item.nameEn.toLowerCase(), pinyinOf(item)]
  if (names.some((name) => name.startsWith(wanted))) return 1
  if (names.some((name) => name.includes(wanted))) return 2
  const isCode = /^\d{4,}$/.test(wanted)
  return isCode && item.gtins.some(({ gtin }) => gtin.includes(wanted)) ? 3 : 4
}

const pinyin = new WeakMap<CatalogueItem, string>()

/** Worked out when somebody first searches: a list that is only shown does not wait for it. */
function pinyinOf(item: CatalogueItem): string {
  let known = pinyin.get(item)
  if (known === undefined) pinyin.set(item, (known = syllables(item.name).join('')))
  return known
}
