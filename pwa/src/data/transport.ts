/**
 * One question, one answer: GraphQL over fetch.
 *
 * Every way of failing is a type of its own, because the outbox must know the
 * difference between "nobody heard me", "come back later", "who are you?" and "no".
 */
import type { DocumentNode } from '@0no-co/graphql.web'
import { Kind, OperationTypeNode, print } from '@0no-co/graphql.web'
import { breath } from './breath.ts'
import { clock } from './clock.ts'
import type { TadaDocumentNode } from './graphql.ts'

/** No answer came, so nobody knows whether the question arrived. */
export class Unreachable extends Error {}

/** The server failed at this question (500, or an error it did not explain). */
export class ServerTrouble extends Error {}

/** The server takes no questions at the moment, or not so many: nothing is wrong with this one. */
export class ServerBusy extends ServerTrouble {
  constructor(
    message?: string,
    readonly answer?: Response,
  ) {
    super(message)
  }
}

/** The session is over, or was never there. */
export class SignedOut extends Error {}

/** The server understood and refuses the whole request; asking again will not help. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly messageZh = message,
  ) {
    super(message)
  }
}

const PATIENCE_MS = 15_000
/** A page of another site cannot add `x-trueshelf` to a POST, so the server knows that we sent it. */
export const SAID_BY_US = { 'content-type': 'application/json', accept: 'application/json', 'x-trueshelf': '1' }
const SIGNED_OUT_CODES = new Set(['UNAUTHENTICATED', 'NOT_SIGNED_IN', 'SIGNED_OUT', 'SESSION_OVER', 'ACCESS_ENDED', 'ANOTHER_PERSON'])
const TROUBLE_CODES = new Set(['INTERNAL', 'INTERNAL_ERROR', 'INTERNAL_SERVER_ERROR', ''])
const BUSY_CODES = new Set(['UNAVAILABLE', 'RATE_LIMITED', 'THROTTLED'])

interface Answer<Data> {
  data?: Data | null
  errors?: { message: string; extensions?: { code?: string; messageZh?: string } }[]
}

type Heard = (reached: boolean) => void
/** With the server's reason; empty when it gave none that counts. */
type Ended = (code: string) => void
let heard: Heard = () => {}
let ended: Ended = () => {}
let atWork = (): string | undefined => undefined

/** Who wants to know whether the server was reached, and when the session turns out to be over; and who is at work here. */
export function watchTransport(watcher: { heard: Heard; ended: Ended; atWork: () => string | undefined }): void {
  heard = watcher.heard
  ended = watcher.ended
  atWork = watcher.atWork
}

/**
 * `writtenBy`: whose act it is. The server takes it in that person's session only, whoever has signed in meanwhile.
 * Left out, a change is by whoever is at work when it is asked for, and not when it leaves.
 */
export async function ask<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
  writtenBy?: string,
): Promise<Data> {
  const changedBy = writtenBy ?? atWork()
  // A page asks several things at once: each in a task of its own, so that a slow phone goes on hearing touches.
  await breath()
  return askText(print(document as DocumentNode), variables, isChange(document as DocumentNode) ? changedBy : writtenBy)
}

function isChange({ definitions }: DocumentNode): boolean {
  return definitions.some((part) => part.kind === Kind.OPERATION_DEFINITION && part.operation === OperationTypeNode.MUTATION)
}

export async function askText<Data>(query: string, variables: unknown, writtenBy?: string): Promise<Data> {
  const response = await post('/graphql', { query, variables }, writtenBy === undefined ? {} : { 'x-trueshelf-person': writtenBy })
  if (response.status === 401) throw signedOut(await reasonOf(response))
  const answer = await body<Answer<Data>>(response)
  const error = answer.errors?.[0]
  if (error) throw failure(error.extensions?.code ?? '', error.message, error.extensions?.messageZh)
  if (!response.ok || answer.data == null) throw new Refused(`HTTP_${response.status}`, `HTTP ${response.status}`)
  return answer.data
}

/** POST JSON to a path of our own server. Throws `Unreachable` or `ServerTrouble`; other answers are the caller's. */
export async function post(path: string, content: unknown, more: Record<string, string> = {}): Promise<Response> {
  return request(path, {
    method: 'POST',
    headers: { ...SAID_BY_US, ...more },
    body: JSON.stringify(content),
  })
}

export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response
  const askedAt = performance.now()
  try {
    response = await fetch(path, { credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE_MS), ...init })
  } catch (cause) {
    heard(false)
    throw new Unreachable('no answer', { cause })
  }
  clock.heard(response.headers.get('date'), askedAt)
  heard(true)
  if (response.status === 500) throw new ServerTrouble('HTTP 500')
  if (response.status > 500 || response.status === 429) throw new ServerBusy(`HTTP ${response.status}`, response)
  return response
}

async function body<Content>(response: Response): Promise<Content> {
  try {
    return (await response.json()) as Content
  } catch (cause) {
    if (response.ok) throw new Unreachable('the answer broke off', { cause })
    throw new Refused(`HTTP_${response.status}`, `HTTP ${response.status}`)
  }
}

function failure(code: string, message: string, messageZh = message): Error {
  const name = code.toUpperCase()
  if (SIGNED_OUT_CODES.has(name)) return signedOut(name)
  if (BUSY_CODES.has(name)) return new ServerBusy(message)
  return TROUBLE_CODES.has(name) ? new ServerTrouble(message) : new Refused(name, message, messageZh)
}

async function reasonOf(response: Response): Promise<string> {
  const { errors } = (await response.json().catch(() => ({}))) as Answer<unknown>
  return errors?.[0]?.extensions?.code ?? 'UNAUTHENTICATED'
}

/** Without a code: something about the session has changed, and only asking again tells what. */
export function signedOut(code = ''): SignedOut {
  ended(code)
  return new SignedOut('signed out')
}
