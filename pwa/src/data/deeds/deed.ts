/**
 * What every area says about the deeds that a person can do in it.
 *
 * A kind is all that the rest of the app needs to know of a deed: how it is sent, what the server's answer
 * means, what it changes on the shelf meanwhile, and how it reads in the list of operations. It knows no screen
 * and no session, because the service worker sends too.
 */
import type { DocumentNode } from '@0no-co/graphql.web'
import type { TadaDocumentNode } from '../graphql.ts'
import type { Operation } from '../operations.ts'

/** The named things of an operation, kept for the list of operations: it must be readable offline too. */
export interface NamedLine {
  skuId: string
  name: string
  nameEn: string
  unit: string
  quantity: number
}

export interface Reason {
  code: string
  message: string
  messageZh: string
  problems: { path: string; code: string; message: string; messageZh: string }[]
  moved?: { expected: number; actual: number }
  /** The server has taken the deed and says this of it: asked again, it says the same. */
  taken?: true
}

/** Where goods that came back are put. */
export type Place = 'BACK_ON_SALE' | 'QUARANTINE' | 'SUPPLIER' | 'DESTROYED'

export interface NeededAt {
  name: string
  nameEn: string
  lacks: number
}

/**
 * `belowZero` names the items whose book went under zero: accepted, and somebody should look.
 * `belongs` is where the server wants what this phone sent elsewhere: accepted, and somebody must carry it there.
 * `neededAt` is a shop nearby that lacks what came back, when this one has plenty.
 * `undone` is taken back before it was sent, because what it reverses never happened.
 */
export type Fate =
  | { state: 'accepted'; belowZero: string[]; clockErrorSeconds: number | null; belongs?: Place; neededAt?: NeededAt }
  | { state: 'refused'; reason: Reason }
  | { state: 'needs-you'; reason: Reason }
  | { state: 'undone' }

/** A reader's language, as a deed needs it to say what it is. */
export interface Say {
  t: (key: string, values?: Record<string, unknown>) => string
  name: (named: { name: string; nameEn: string }) => string
  unit: (counted: string, quantity?: number) => string
  yuan: (fen: number) => string
}

export type DeedIcon = 'cart' | 'back' | 'clipboard' | 'sun' | 'undo' | 'check' | 'camera' | 'box' | 'store' | 'person' | 'list' | 'warning'

interface Told<D> {
  icon: DeedIcon
  /** What she did, in a line. */
  words: (deed: D, say: Say) => string
  /** How the book of its store changes by it while the server has not seen it; nothing when left out. */
  change?: (deed: D, skuId: string) => number
  /** Post it the other way round, once it was accepted; left out where nothing can take it back. */
  undo?: (operation: Operation, deed: D) => Promise<void>
  /** Nobody needs to act when it is refused: the screen that it belongs to says so anyway. */
  quiet?: boolean
}

interface Sent<D, Data, Variables> {
  /** One mutation with one root field: the outbox sends several in one request. */
  document: TadaDocumentNode<Data, Variables>
  variables: (deed: D) => Variables
  /** Every `__typename` of the answer has an arm: `match` makes the compiler check it. */
  fate: (answer: Data, deed: D) => Fate
}

export interface Kind<D> extends Told<D> {
  document: DocumentNode
  variables: (deed: D) => Record<string, unknown>
  fate: (answer: unknown, deed: D) => Fate
}

/** `kind<SaleDeed>()({...})`: the compiler checks that document, variables and answer belong together. */
export function kind<D>() {
  return <Data, Variables>(declared: Told<D> & Sent<D, Data, Variables>): Kind<D> => declared as unknown as Kind<D>
}

interface Refusal {
  code: string
  message: string
  messageZh: string
  problems?: Reason['problems']
}

export function accepted(): Extract<Fate, { state: 'accepted' }> {
  return { state: 'accepted', belowZero: [], clockErrorSeconds: null }
}

export function refused(refusal: Refusal): Extract<Fate, { state: 'refused' }> {
  return { state: 'refused', reason: reasonOf(refusal) }
}

export function reasonOf({ code, message, messageZh, problems = [] }: Refusal): Reason {
  return { code, message, messageZh, problems }
}

export function piecesOf(lines: readonly NamedLine[], skuId: string): number {
  return lines.filter((line) => line.skuId === skuId).reduce((sum, line) => sum + line.quantity, 0)
}

/** The first line of a deed in words: for "卖出 {item} {n} {unit}"; `all` counts this line too. */
export function firstOf(lines: readonly NamedLine[], say: Say): { item: string; n: number; unit: string; all: number } {
  const [first] = lines
  const n = Math.abs(first?.quantity ?? 0)
  return { item: first ? say.name(first) : '', n, unit: say.unit(first?.unit ?? '', n), all: lines.length }
}
