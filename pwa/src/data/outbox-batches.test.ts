import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase, vaultOf, type Database } from './database.ts'
import { UnknownMember } from './match.ts'
import { Outbox, type Holdup, type OutboxWorld } from './outbox.ts'
import type { Fate, Operation } from './operations.ts'
import { Refused, ServerBusy, ServerTrouble, SignedOut, Unreachable } from './transport.ts'

const ACCEPTED: Fate = { state: 'accepted', belowZero: [], clockErrorSeconds: null }
const SIZE = 4

let counter = 0
let db: Database
let requests: string[][] = []
/** How often the server carried each one out: it knows a request that it has had. */
let done: Map<string, number>
let server: (batch: readonly Operation[]) => Promise<(Fate | UnknownMember)[]>
let planned: { wait: number; work: () => void } | undefined
let holdup: Holdup | undefined

function carryOut(batch: readonly Operation[]): Fate[] {
  for (const { requestId } of batch) done.set(requestId, 1)
  return batch.map(() => ACCEPTED)
}

function open(more: Partial<OutboxWorld> = {}): Outbox {
  return new Outbox({
    db: async () => db,
    vault: vaultOf(async () => db),
    pack: (operations) => operations.slice(0, SIZE),
    send: async (batch) => {
      requests.push(batch.map(({ requestId }) => requestId))
      return server(batch)
    },
    actorId: () => 'li-mei',
    now: () => 1_000,
    alone: (work) => work(),
    later: (wait, work) => {
      planned = { wait, work }
      return () => (planned = undefined)
    },
    changed: () => {},
    heldUp: (why) => (holdup = why),
    ...more,
  })
}

function saleOf(requestId: string): Parameters<Outbox['put']>[0] {
  const origin = { occurredAt: '2026-11-21T06:00:00Z', source: 'PHONE' as const }
  const input = { requestId, storeId: 's', origin, lines: [] }
  return { requestId, actorId: 'li-mei', storeId: 's', at: 0, deed: { kind: 'sale', input, lines: [], totalFen: 0 } }
}

async function keep(outbox: Outbox, ...names: string[]): Promise<void> {
  const sending = server
  server = async () => Promise.reject(new Unreachable())
  for (const requestId of names) await outbox.put(saleOf(requestId))
  await outbox.drain()
  server = sending
  requests = []
}

async function states(outbox: Outbox): Promise<string[]> {
  return (await outbox.all()).reverse().map(({ state }) => state)
}

beforeEach(async () => {
  db = await openDatabase(`batches-${(counter += 1)}`)
  requests = []
  done = new Map()
  planned = holdup = undefined
  server = async (batch) => carryOut(batch)
})
afterEach(() => db.close())

test('what waits goes out in few requests, in its order', async () => {
  const outbox = open()
  await keep(outbox, 'a', 'b', 'c', 'd', 'e', 'f')
  await outbox.drain()

  expect(requests).toEqual([['a', 'b', 'c', 'd'], ['e', 'f']])
  expect(await states(outbox)).toEqual(Array.from({ length: 6 }, () => 'accepted'))
})

test('a batch whose answer is lost is asked for again as it was', async () => {
  const outbox = open()
  await keep(outbox, 'a', 'b')
  server = async (batch) => {
    carryOut(batch)
    throw new Unreachable()
  }
  await outbox.drain()
  expect(holdup?.why).toBe('offline')
  server = async (batch) => carryOut(batch)
  planned?.work()
  await outbox.drain()

  expect(requests).toEqual([['a', 'b'], ['a', 'b']])
  expect([...done.values()]).toEqual([1, 1])
  expect(holdup).toBeUndefined()
})

test('one refusal in a batch is the fate of that one alone', async () => {
  const outbox = open()
  await keep(outbox, 'a', 'b', 'c')
  const refused: Fate = { state: 'refused', reason: { code: 'NOT_PERMITTED', message: 'no', messageZh: '不行', problems: [] } }
  server = async () => [ACCEPTED, refused, new UnknownMember('SoldOnTheMoon')]
  await outbox.drain()

  expect(await states(outbox)).toEqual(['accepted', 'refused', 'needs-you'])
})

test.each([
  ['crashes the server', () => new ServerTrouble()],
  ['the server does not understand', () => new Refused('BAD', 'bad')],
  ['this app cannot write', () => new UnknownMember('dance')],
])('one operation that %s does not hold up those around it', async (_what, error) => {
  const outbox = open()
  await keep(outbox, 'a', 'bad', 'c', 'd', 'e')
  server = async (batch) => {
    if (batch.some(({ requestId }) => requestId === 'bad')) throw error()
    return carryOut(batch)
  }
  await outbox.drain()
  for (let attempt = 0; attempt < 8; attempt += 1) {
    planned?.work()
    await outbox.drain()
  }

  expect(await states(outbox)).toEqual(['accepted', 'needs-you', 'accepted', 'accepted', 'accepted'])
  expect(requests[0]).toEqual(['a', 'bad', 'c', 'd'])
  expect(requests[1]).toEqual(['a'])
  expect(requests.at(-1), 'afterwards they go together again').toEqual(['e'])
})

test('a busy server says when to come back, and the batch stays together', async () => {
  const outbox = open()
  await keep(outbox, 'a', 'b')
  server = async () => Promise.reject(new ServerBusy('busy', new Response('', { status: 429, headers: { 'retry-after': '30' } })))
  await outbox.drain()

  expect(holdup).toEqual({ why: 'busy', nextTry: 31_000 })
  expect(planned?.wait).toBe(30_000)
  server = async (batch) => carryOut(batch)
  planned?.work()
  await outbox.drain()
  expect(requests.at(-1)).toEqual(['a', 'b'])
})

test('an ended session says so', async () => {
  const outbox = open()
  await keep(outbox, 'a', 'b')
  server = async () => Promise.reject(new SignedOut())
  await outbox.drain()

  expect(holdup?.why).toBe('signed-out')
  expect(await states(outbox)).toEqual(['waiting', 'waiting'])
})

test('an undo never travels with what it takes back', async () => {
  const outbox = open()
  await keep(outbox, 'sold', 'other')
  const [, sold] = await outbox.all()
  server = async () => Promise.reject(new Unreachable())
  await outbox.put({ ...(sold as Operation), requestId: 'undo', reverses: 'sold', order: 9 } as Operation)
  await outbox.drain()
  requests = []
  server = async (batch) => carryOut(batch)
  await outbox.drain()

  expect(requests).toEqual([['sold', 'other'], ['undo']])
})

test('what was done after an undo does not overtake it', async () => {
  const outbox = open()
  await keep(outbox, 'sold', 'other')
  const [, sold] = await outbox.all()
  server = async () => Promise.reject(new Unreachable())
  await outbox.put({ ...(sold as Operation), requestId: 'undo', reverses: 'sold', order: 8 } as Operation)
  await outbox.put({ ...(sold as Operation), requestId: 'counted', order: 9 } as Operation)
  await outbox.drain()
  requests = []
  server = async (batch) => carryOut(batch)
  await outbox.drain()

  expect(requests).toEqual([['sold', 'other'], ['undo', 'counted']])
})

test('an app that is killed at any moment of a batch sends the rest, and nothing twice', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `n${index}`)
  await keep(open(), ...names)
  for (const kill of [0, 1, 2]) {
    const killed = open()
    server = async (batch) => {
      if (requests.length > kill) await new Promise(() => {})
      return carryOut(batch)
    }
    requests = []
    void killed.drain()
    await new Promise((later) => setTimeout(later, 30))
  }
  server = async (batch) => carryOut(batch)
  const reopened = open()
  await reopened.drain()

  expect(await states(reopened)).toEqual(names.map(() => 'accepted'))
  expect([...done.keys()]).toEqual(names)
})

test('a sale that is made while the queue has just been emptied is sent too', async () => {
  const silent = open({ alone: async () => {} })
  let late = 0
  const tidying = new Proxy(db, {
    get: (target, name) => {
      const known: unknown = Reflect.get(target, name)
      if (name !== 'getAllKeysFromIndex') return typeof known === 'function' ? (known.bind(target) as unknown) : known
      return async (...asked: Parameters<Database['getAllKeysFromIndex']>) => {
        if ((late += 1) === 1) {
          await silent.put(saleOf('late'))
          void outbox.drain()
        }
        return target.getAllKeysFromIndex(...asked)
      }
    },
  })
  const outbox: Outbox = open({ db: async () => tidying })
  await outbox.put(saleOf('first'))
  await outbox.drain()

  expect([...done.keys()]).toEqual(['first', 'late'])
})

test('who asks when the next attempt has just been planned is not forgotten with the plan', async () => {
  const answers = [async () => Promise.reject(new Unreachable())]
  server = async (batch) => (await answers.shift()?.()) ?? carryOut(batch)
  const outbox: Outbox = open({
    later: () => {
      queueMicrotask(() => void outbox.drain())
      return () => {}
    },
  })
  await outbox.put(saleOf('sale'))
  await outbox.drain()

  expect(await states(outbox)).toEqual(['accepted'])
})

test('a fault that nobody thought of holds up one operation and not the others, and not for ever', async () => {
  const outbox = open()
  await keep(outbox, 'odd', 'good')
  server = async (batch) => {
    if (batch.some(({ requestId }) => requestId === 'odd')) throw new TypeError('of undefined')
    return carryOut(batch)
  }
  for (let attempt = 0; attempt < 10; attempt += 1) await outbox.drain()

  expect(await states(outbox)).toEqual(['needs-you', 'accepted'])
})

test('five hundred wait and are sent within moments', async () => {
  const outbox = open()
  const origin = { occurredAt: '2026-11-21T06:00:00Z', source: 'PHONE' as const }
  await db.clear('operations')
  server = async () => Promise.reject(new Unreachable())
  const names = Array.from({ length: 500 }, (_, index) => `n${index}`)
  await Promise.all(
    names.map((requestId) => outbox.put({ requestId, actorId: 'li-mei', storeId: 's', at: 0, deed: { kind: 'open-day', lines: [], input: { requestId, storeId: 's', origin } } })),
  )
  await outbox.drain()
  server = async (batch) => carryOut(batch)
  const begun = performance.now()
  await outbox.drain()

  expect(done.size).toBe(500)
  expect(performance.now() - begun).toBeLessThan(15_000)
}, 30_000)
