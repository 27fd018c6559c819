/** What an entry's body says beside its act, its actor and its moment. */
const HEAD = new Set(['act', 'actor', 'at'])

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const DIGEST = /^[0-9a-f]{32,}$/

export type Part = [name: string, value: unknown]

/** The body's fields one after another, those of its details among them. */
export function partsOf(body: string): Part[] {
  return Object.entries(JSON.parse(body) as object).flatMap(([name, value]: Part) => {
    if (HEAD.has(name)) return []
    return isObject(value) ? Object.entries(value) : [[name, value] satisfies Part]
  })
}

/** Whom the act was done to, if it was a person; a photo is about a thing. */
export function aboutOf(body: string): string | undefined {
  const parts = partsOf(body)
  if (parts.some(([name]) => name === 'photo')) return undefined
  const about = parts.find(([name]) => name === 'person' || name === 'about' || name === 'to')?.[1]
  return typeof about === 'string' ? about : undefined
}

/** What an id or a digest begins with, enough to tell two of a page apart; nothing where the text is neither. */
export function beginningOf(text: string): string | undefined {
  if (UUID.test(text)) return `${text.slice(0, 4)}…${text.slice(-4)}`
  return DIGEST.test(text) ? `${text.slice(0, 8)}…` : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
