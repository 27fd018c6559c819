/** Puts things into the cart as they were meant, and says so when they do not fit. */
import { addToCart, MOST_PIECES, setPieces } from '@/data/cart.ts'
import type { CatalogueItem } from '@/data/catalogue.ts'
import { signal } from './feedback.ts'
import { say } from './snackbar.ts'
import { useWords } from './words.ts'

interface IntoCart {
  add: (item: CatalogueItem, pieces: number) => void
  change: (skuId: string, pieces: number) => void
}

export function useCart(): IntoCart {
  const { t } = useWords()

  function told(fitted: boolean): void {
    if (fitted) return
    signal('refused')
    say({ tone: 'refused', text: t('sale.tooMany', { n: MOST_PIECES.toLocaleString('en') }) })
  }

  return { add: (item, pieces) => told(addToCart(item, pieces)), change: (skuId, pieces) => told(setPieces(skuId, pieces)) }
}
