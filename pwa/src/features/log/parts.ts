/** What an entry's body says beside its act, its actor and its moment. */
const HEAD = new Set(['act', 'actor', 'at'])

export type Part = [name: string, value: unknown]

/** The body's fields one after another, those of its details among them. */
export function partsOf(body: string): Part[] {
  return Object.entries(JSON.parse(body) as object).flatMap(([name, value]: Part) => {
    if (HEAD.has(name)) return []
    return isObject(value) ? Object.entries(value) : [[name, value] satisfies Part]
  })
}

/** Whom the act was done to, if it was a person. */
export function aboutOf(body: string): string | undefined {
  const about = partsOf(body).find(([name]) => name === 'person' || name === 'about')?.[1]
  return typeof about === 'string' ? about : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
