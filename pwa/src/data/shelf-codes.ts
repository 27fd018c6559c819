/** "A-01 to A-12": the codes of a row of shelves, as somebody writes down its first and its last. */
export const MOST_AT_ONCE = 200
const NUMBERED = /^(.*?)(\d{1,6})$/

/** None when the two are no row, or one that is too long; the first alone is a row of one. */
export function codesBetween(first: string, last: string): string[] {
  const from = first.trim()
  const to = last.trim() || from
  if (!from) return []
  if (from === to) return [from]
  const [, head, start] = NUMBERED.exec(from) ?? []
  const [, sameHead, end] = NUMBERED.exec(to) ?? []
  if (head === undefined || start === undefined || end === undefined || head !== sameHead) return []
  const many = Number(end) - Number(start) + 1
  if (many < 1 || many > MOST_AT_ONCE) return []
  return Array.from({ length: many }, (_, n) => `${head}${String(Number(start) + n).padStart(start.length, '0')}`)
}
