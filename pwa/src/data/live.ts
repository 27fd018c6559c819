/**
 * One socket for everything that changes by itself.
 *
 * A broken subscription is opened again with the variables of that moment, so a
 * feed with a cursor resumes where it stood and misses nothing. A socket that
 * stops answering pings is dead, whatever the operating system thinks.
 */
import type { DocumentNode } from '@0no-co/graphql.web'
import { print } from '@0no-co/graphql.web'
import { createClient, type Client } from 'graphql-ws'
import type { TadaDocumentNode } from './graphql.ts'
import { signedOut } from './transport.ts'

const PING_MS = 10_000
const PONG_MS = 5_000
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000
const SESSION_ENDED = new Set([4401, 4403])

type Watcher = { connected: (connected: boolean) => void; pulse: () => void; hungUp: () => void }
const watchers = new Set<Watcher>()
let client: Client | undefined

/** Told when the socket opens or closes (and whether we meant it), and at each sign of life. */
export function watchLive(watcher: Watcher): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

export interface Feed<Data, Variables> {
  document: TadaDocumentNode<Data, Variables>
  /** Asked again at every (re)start. */
  variables: () => Variables
  item: (data: Data) => void
  /** The server closed the feed with errors: it understood and will not. */
  refused?: (message: string) => void
}

/** Follow a subscription until the returned function is called. */
export function follow<Data, Variables>(feed: Feed<Data, Variables>): () => void {
  let stopped = false
  let failures = 0
  let cancel = (): void => {}

  const start = (): void => {
    if (stopped) return
    const query = print(feed.document as DocumentNode)
    cancel = socket().subscribe<Data>(
      { query, variables: feed.variables() as Record<string, unknown> },
      {
        next: ({ data, errors }) => {
          if (errors?.[0]) return feed.refused?.(errors[0].message)
          failures = 0
          if (data) feed.item(data)
        },
        error: (reason) => again(reason),
        complete: () => again(undefined),
      },
    )
  }
  const again = (reason: unknown): void => {
    if (stopped) return
    if (Array.isArray(reason)) feed.refused?.(String((reason[0] as Error | undefined)?.message ?? ''))
    if (reason instanceof CloseEvent && SESSION_ENDED.has(reason.code)) signedOut()
    cancel = pause(waitFor(failures), start)
    failures += 1
  }

  start()
  return () => {
    stopped = true
    cancel()
  }
}

/** Close the socket, for example because another person signs in. Feeds reopen it by themselves. */
export function hangUp(): void {
  const closing = client
  client = undefined
  for (const watcher of watchers) watcher.hungUp()
  void closing?.dispose()
}

function waitFor(failures: number): number {
  const grown = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures)
  return grown * (0.7 + Math.random() * 0.6)
}

/** Waits, but not when the network has just come back. */
function pause(milliseconds: number, then: () => void): () => void {
  const wake = (): void => {
    cancel()
    then()
  }
  const timer = setTimeout(wake, milliseconds)
  const cancel = (): void => {
    clearTimeout(timer)
    removeEventListener('online', wake)
  }
  addEventListener('online', wake)
  return cancel
}

function socket(): Client {
  client ??= open()
  return client
}

function open(): Client {
  let deadline: ReturnType<typeof setTimeout> | undefined
  const alive = (): void => {
    clearTimeout(deadline)
    for (const watcher of watchers) watcher.pulse()
  }
  const opened = createClient({
    url: new URL('/graphql', location.href).href.replace(/^http/, 'ws'),
    retryAttempts: 0,
    keepAlive: PING_MS,
    connectionAckWaitTimeout: PONG_MS,
    on: {
      connected: () => {
        for (const watcher of watchers) watcher.connected(true)
        alive()
      },
      message: alive,
      ping: (received) => {
        if (!received) deadline = setTimeout(() => opened.terminate(), PONG_MS)
      },
      closed: () => {
        clearTimeout(deadline)
        for (const watcher of watchers) watcher.connected(false)
      },
    },
  })
  return opened
}
