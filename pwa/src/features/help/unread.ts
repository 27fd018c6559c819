/** Which answers this device has shown already; only their ids are kept. */
export const READ_KEY = 'trueshelf.help-read'
const REMEMBERED = 100

interface Call {
  screen: string
  words: string | null
  answers: readonly { id: string; byName: string; at: string; words: string }[]
}

export interface UnreadAnswer {
  id: string
  byName: string
  at: string
  words: string
  /** What was asked. */
  about: string
}

export function unreadOf(calls: readonly Call[], seen: string): UnreadAnswer[] {
  const read = new Set(seen.split(' '))
  return calls
    .flatMap(({ screen, words, answers }) => answers.map((answer) => ({ ...answer, about: words ?? screen })))
    .filter(({ id }) => !read.has(id))
}

export function withRead(seen: string, id: string): string {
  return [...seen.split(' ').filter(Boolean), id].slice(-REMEMBERED).join(' ')
}
