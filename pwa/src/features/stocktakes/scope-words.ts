/** What a stocktake covers, in the words of the shop. */
import { categories } from '@/data/catalogue.ts'
import { shallowRef } from 'vue'
import { myStore } from '@/data/session.ts'
import { myShelves, openPlaces } from '@/data/stocktakes-places.ts'
import type { Scope } from '@/data/stocktakes.ts'
import { useWords } from '@/ui/words.ts'

const names = shallowRef<ReadonlyMap<string, { name: string; nameEn: string }>>(new Map())
let asked = false

// What a composable offers is its type: the compiler infers it once, here.
export function useScopeWords() {
  const { t, name } = useWords()
  if (!asked) {
    asked = true
    categories().then((found) => (names.value = new Map(found.map((each) => [each.id, each]))), () => (asked = false))
  }

  if (myStore.value && myShelves.value.length === 0) void openPlaces(myStore.value.id)

  const titleOf = ({ scope }: { scope: Scope }): string =>
    t(`stocktakes.named.${scope.kind}`, { what: whatOf(scope), n: scope.ids.length })

  function whatOf({ kind, zone, ids }: Scope): string {
    if (kind === 'ZONE') return zone ?? ''
    if (kind === 'SHELVES') return ids.map((id) => myShelves.value.find((shelf) => shelf.id === id)?.code ?? '').join(' ')
    return kind === 'CATEGORIES' ? ids.map(nameOf).join(' ') : ''
  }
  const nameOf = (id: string): string => name(names.value.get(id) ?? { name: '', nameEn: '' })
  return { titleOf }
}
