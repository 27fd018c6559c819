/** What a stocktake covers, in the words of the shop. */
import { myStore } from '@/data/session.ts'
import { myCategories, myShelves, openCategories, openPlaces } from '@/data/stocktakes-places.ts'
import type { Scope } from '@/data/stocktakes.ts'
import { useWords } from '@/ui/words.ts'

// What a composable offers is its type: the compiler infers it once, here.
export function useScopeWords() {
  const { t, name } = useWords()
  void openCategories()
  if (myStore.value && myShelves.value.length === 0) void openPlaces(myStore.value.id)

  const titleOf = ({ scope }: { scope: Scope }): string =>
    t(`stocktakes.named.${scope.kind}`, { what: namesIn(scope), n: scope.ids.length })

  /** The same as part of a sentence. */
  const whatOf = ({ scope }: { scope: Scope }): string => {
    const what = namesIn(scope)
    if (scope.kind === 'ZONE') return t('stocktakes.zone', { zone: what })
    return scope.kind === 'SHELVES' ? t('stocktakes.shelf', { code: what }) : what || titleOf({ scope })
  }

  /** What fits into the head of a screen beside two buttons: no name of a shelf, which says where she stands. */
  const shortOf = (session: { scope: Scope }): string => {
    const { kind } = session.scope
    if (kind === 'SHELVES') return t('stocktakes.noShelf')
    return kind === 'STORE' || kind === 'SKUS' ? t(`stocktakes.scope.${kind}`) : whatOf(session)
  }

  function namesIn({ kind, zone, ids }: Scope): string {
    if (kind === 'ZONE') return zone ?? ''
    if (kind === 'SHELVES') return ids.map((id) => myShelves.value.find((shelf) => shelf.id === id)?.code ?? '').join(' ')
    return kind === 'CATEGORIES' ? ids.map(categoryName).join(' ') : ''
  }
  const categoryName = (id: string): string => name(myCategories.value.find((each) => each.id === id) ?? { name: '', nameEn: '' })
  return { titleOf, whatOf, shortOf }
}
