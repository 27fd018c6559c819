/**
 * How near a few spoken sounds come to a name: for what a recogniser mishears and a dialect pronounces otherwise.
 *
 * Sounds that Chinese speakers mix up cost little (zh/z, n/l, an/ang ...), others what they differ by.
 */
const INITIAL = /^(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(.*)$/
const NEAR_INITIALS = pairs('zh z', 'ch c', 'sh s', 'n l', 'l r', 'f h', 'j z', 'q c', 'x s')
const NEAR_FINALS = pairs('an ang', 'en eng', 'in ing', 'ian iang', 'uan uang', 'en in', 'eng ing', 'o e', 'v u', 'ong eng')

const NEAR = 0.2
const DIFFERENT = 0.6
/** A sound too many or too few. */
const GAP = 0.8

/** 0 when a name holds just these sounds in this order, 1 when it has nothing of them. */
export function distance(spoken: readonly string[], name: readonly string[]): number {
  if (spoken.length === 0) return 1
  // The sounds may begin and end anywhere in the name: a first row of nought, and the least of the last row.
  let above = new Array<number>(name.length + 1).fill(0)
  for (const [row, sound] of spoken.entries()) {
    const here = [(row + 1) * GAP]
    for (const [column, other] of name.entries()) {
      const swap = (above[column] ?? 0) + between(sound, other)
      const skip = Math.min(above[column + 1] ?? 0, here[column] ?? 0) + GAP
      here.push(Math.min(swap, skip))
    }
    above = here
  }
  return Math.min(1, Math.min(...above) / spoken.length)
}

/** 0 for the same syllable, 1 for one that has nothing in common. */
export function between(one: string, other: string): number {
  if (one === other) return 0
  const [[first, rest], [otherFirst, otherRest]] = [split(one), split(other)]
  return Math.min(1, cost(first, otherFirst, NEAR_INITIALS) + cost(rest, otherRest, NEAR_FINALS))
}

function cost(one: string, other: string, near: ReadonlySet<string>): number {
  if (one === other) return 0
  return near.has(`${one} ${other}`) ? NEAR : DIFFERENT
}

function split(syllable: string): [string, string] {
  const [, first = '', rest = ''] = INITIAL.exec(syllable) ?? []
  return [first, rest]
}

function pairs(...named: string[]): ReadonlySet<string> {
  return new Set(named.flatMap((pair) => [pair, pair.split(' ').reverse().join(' ')]))
}
