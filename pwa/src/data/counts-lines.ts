/** What one person has counted, line by line, and what that makes of each thing. */

import type { RetakePhoto } from './documents/photos.ts'
import type { VariablesOf } from './graphql.ts'

type PhotoInput = VariablesOf<typeof RetakePhoto>['input']['photo']

/** ADD is a scan or a handful more; REPLACE is "there are so many", whatever was scanned before. */
export type CountMode = 'ADD' | 'REPLACE'

export interface CountLine {
  /** The name of this line everywhere: the server takes a line once, however often it arrives. */
  id: string
  stocktakeId: string
  storeId: string
  actorId: string
  shelfId: string | null
  /** 0 for the first count, n for the n-th recount that was asked for. */
  round: number
  /** Null while nobody knows what the code stands for. */
  skuId: string | null
  code: string | null
  name: string
  nameEn: string
  unit: string
  quantity: number
  mode: CountMode
  at: number
  /**
   * Which clock `at` is by: the server's, or this device's put right by so much (ms), where only an earlier page had heard
   * the server; left out, an older app wrote it by the device's own.
   */
  by?: 'server' | number
  latitude: number | null
  longitude: number | null
  /** A picture for headquarters, of what an unknown code is on. */
  photo?: PhotoInput
  /** The line that this one takes back. */
  undoes?: string
  /** The deed that took it to the outbox. */
  packedIn?: string
}

export interface Counted {
  /** The thing, or the code that nobody knows. */
  key: string
  skuId: string | null
  code: string | null
  name: string
  nameEn: string
  unit: string
  quantity: number
  /** Scans and entries that made it. */
  lines: number
  at: number
  /** The picture that headquarters gets of it. */
  photo?: PhotoInput | undefined
}

export const keyOf = ({ skuId, code }: Pick<CountLine, 'skuId' | 'code'>): string => skuId ?? `code ${code ?? ''}`

/** Each thing once, the one touched last first. Lines count in the order in which they were made, which their ids keep. */
export function countedOf(lines: readonly CountLine[]): Counted[] {
  const things = new Map<string, Counted>()
  for (const line of lines.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const key = keyOf(line)
    const known = things.get(key)
    const { skuId, code, name, nameEn, unit, at } = line
    const quantity = line.mode === 'REPLACE' ? line.quantity : (known?.quantity ?? 0) + line.quantity
    things.delete(key)
    const photo = line.photo ?? known?.photo
    things.set(key, { key, skuId, code, name, nameEn, unit, at, quantity, lines: (known?.lines ?? 0) + 1, ...(photo && { photo }) })
  }
  return [...things.values()].reverse()
}

/** The last thing she did that still stands: neither taken back, nor itself a taking back. */
export function lastStanding(lines: readonly CountLine[]): CountLine | undefined {
  return standing(lines).at(-1)
}

/** How many there were of its thing before this line. */
export function before(lines: readonly CountLine[], line: CountLine): number {
  const earlier = standing(lines).filter((other) => other.id < line.id && keyOf(other) === keyOf(line))
  return countedOf(earlier)[0]?.quantity ?? 0
}

function standing(lines: readonly CountLine[]): CountLine[] {
  const undone = new Set(lines.map(({ undoes }) => undoes))
  return lines.filter(({ id, undoes }) => undoes === undefined && !undone.has(id))
}
