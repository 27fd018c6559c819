/** The category tree as rows to draw, each with what its goods need and who says so. Pure. */
import type { Category, HouseRules } from '@/data/office/rules.ts'
import type { Handling } from '@/data/returns-rule.ts'

export const HANDLINGS = ['AMBIENT', 'CHILLED', 'MADE_HERE', 'NON_FOOD'] as const satisfies readonly Handling[]

export interface CategoryLine {
  category: Category
  depth: number
  /** What applies: the category's own word, or that of one above it, or what is taken where nobody says anything. */
  handling: Handling
  own: boolean
}

export function categoryLines(categories: readonly Category[], needs: HouseRules['returnPolicy']['handlings']): CategoryLine[] {
  const need = new Map(needs.map((each) => [each.categoryId, each]))
  const walk = (parentId: string | null, depth: number): CategoryLine[] =>
    categories.filter((each) => each.parentId === parentId).flatMap((category) => {
      const said = need.get(category.id)
      return [{ category, depth, handling: said?.handling ?? 'AMBIENT', own: said?.own ?? false }, ...walk(category.id, depth + 1)]
    })
  return walk(null, 0)
}

/** What it would need if it said nothing itself. */
export function inherited(lines: readonly CategoryLine[], parentId: string | null): Handling {
  return lines.find(({ category }) => category.id === parentId)?.handling ?? 'AMBIENT'
}
