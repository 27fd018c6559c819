import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase, vaultOf, type Database } from './database.ts'
import { backOff, Outbox } from './outbox.ts'
import { isLeftBehind, needsYou, type Fate, type Operation } from './operations.ts'
import { Refused, ServerBusy, ServerTrouble, SignedOut, Unreachable } from './transport.ts'

const ACCEPTED: Fate = { state: 'accepted', belowZero: [], clockErrorSeconds: null }
const STORE = 'wangjing'

let counter = 0

/** A phone with an outbox, and a server that answers as it is told. */
class Phone {
  actor: string | undefined = 'li-mei'
  readonly sent: string[] = []
  readonly ledger = new Map<string, number>()
  /** What the network does with the next sendings; afterwards it works. */
  weather: ('lost' | 'answer-lost' | 'trouble' | 'busy' | 'signed-out' | 'refused' | 'unknown-item')[] = []
  planned: { wait: number; work: () => void } | undefined
  changed = (): void => {}
  locked = Promise.resolve()

  constructor(readonly db: Database) {}

  open(): Outbox {
    return new Outbox({
      db: async () => this.db,
      vault: vaultOf(async () => this.db),
      pack: (operations) => operations.slice(0, 1),
      send: async ([operation]) => [await this.send(operation as Operation)],
      actorId: () => this.actor,
      now: () => 1_000,
      alone: (work) => (this.locked = this.locked.then(work)),
      later: (wait, work) => {
        this.planned = { wait, work }
        return () => (this.planned = undefined)
      },
      changed: () => this.changed(),
    })
  }

  private async send({ requestId }: Operation): Promise<Fate> {
    this.sent.push(requestId)
    const weather = this.weather.shift()
    if (weather === 'lost') throw new Unreachable()
    if (weather === 'trouble') throw new ServerTrouble()
    if (weather === 'busy') throw new ServerBusy()
    if (weather === 'signed-out') throw new SignedOut()
    if (weather === 'refused') throw new Refused('GRAPHQL_LIMIT_EXCEEDED', 'too much')
    if (weather === 'unknown-item') return { state: 'refused', reason: { code: 'NOT_FOUND', message: 'no', messageZh: '没有', problems: [] } }
    this.ledger.set(requestId, (this.ledger.get(requestId) ?? 0) + 1)
    if (weather === 'answer-lost') throw new Unreachable()
    return ACCEPTED
  }

  /** Time passes until the next planned attempt. */
  async wait(outbox: Outbox): Promise<void> {
    this.planned?.work()
    await outbox.drain()
  }
}

function sale(requestId: string, actorId = 'li-mei'): Omit<Operation, 'order' | 'state' | 'attempts'> {
  const input = { requestId, storeId: STORE, origin: { occurredAt: '2026-11-21T06:00:00Z', source: 'PHONE' as const }, lines: [] }
  return { requestId, actorId, storeId: STORE, at: 0, deed: { kind: 'sale', input, lines: [], totalFen: 0 } }
}

async function fates(outbox: Outbox): Promise<Record<string, string>> {
  return Object.fromEntries((await outbox.all()).map(({ requestId, state }) => [requestId, state]))
}

let phone: Phone
beforeEach(async () => {
  counter += 1
  phone = new Phone(await openDatabase(`outbox-${counter}`))
})
afterEach(() => phone.db.close())

test('sales leave in the order in which they were made', async () => {
  const outbox = phone.open()
  for (const name of ['first', 'second', 'third']) await outbox.put(sale(name))
  await outbox.drain()

  expect(phone.sent).toEqual(['first', 'second', 'third'])
  expect(await fates(outbox)).toEqual({ first: 'accepted', second: 'accepted', third: 'accepted' })
})

test('what was sold in the cellar goes out by itself when the network is back', async () => {
  const outbox = phone.open()
  phone.weather = ['lost', 'lost']
  await outbox.put(sale('first'))
  await outbox.drain()
  await outbox.put(sale('second'))
  await outbox.drain()
  expect(await fates(outbox)).toEqual({ first: 'waiting', second: 'waiting' })

  phone.weather = []
  await phone.wait(outbox)

  expect(await fates(outbox)).toEqual({ first: 'accepted', second: 'accepted' })
  expect(phone.sent.filter((name) => name === 'second')).toHaveLength(1)
})

test('an answer that is lost is asked for again under the same name', async () => {
  const outbox = phone.open()
  phone.weather = ['answer-lost']
  await outbox.put(sale('first'))
  await outbox.drain()
  await phone.wait(outbox)

  expect(phone.sent).toEqual(['first', 'first'])
  expect(await fates(outbox)).toEqual({ first: 'accepted' })
})

test('twenty taps on the network at once send a sale once', async () => {
  const outbox = phone.open()
  await outbox.put(sale('first'))
  await Promise.all(Array.from({ length: 20 }, () => outbox.drain()))

  expect(phone.sent).toEqual(['first'])
})

test('two open tabs do not send the same sale twice', async () => {
  const [one, other] = [phone.open(), phone.open()]
  await one.put(sale('first'))
  await Promise.all([one.drain(), other.drain()])

  expect(phone.sent).toEqual(['first'])
})

test('an app that was killed while sending sends again after it opens', async () => {
  const killed = phone.open()
  phone.weather = ['lost']
  await killed.put(sale('first'))
  await killed.drain()

  const reopened = phone.open()
  await reopened.drain()

  expect(await fates(reopened)).toEqual({ first: 'accepted' })
})

test('a refused sale says why and does not hold up the next one', async () => {
  const outbox = phone.open()
  phone.weather = ['unknown-item']
  await outbox.put(sale('unknown'))
  await outbox.put(sale('good'))
  await outbox.drain()

  expect(await fates(outbox)).toEqual({ unknown: 'refused', good: 'accepted' })
  const [, refused] = await outbox.all()
  expect(refused?.fate?.state === 'refused' && refused.fate.reason.messageZh).toBe('没有')
})

test('a refused sale calls for her until she has seen it', async () => {
  const outbox = phone.open()
  phone.weather = ['unknown-item']
  await outbox.put(sale('unknown'))
  await outbox.drain()
  expect((await outbox.all()).map(needsYou)).toEqual([true])

  await outbox.markHandled('unknown')
  expect((await outbox.all()).map(needsYou)).toEqual([false])
  expect(await fates(outbox)).toEqual({ unknown: 'refused' })
})

test('a refused sale that she sends again is the very same request', async () => {
  const outbox = phone.open()
  phone.weather = ['unknown-item']
  await outbox.put(sale('unknown'))
  await outbox.drain()
  await outbox.retry('unknown')

  expect(phone.sent).toEqual(['unknown', 'unknown'])
  expect((await outbox.all()).map(needsYou)).toEqual([false])
})

test('a request that the server rejects as a whole needs a person, and the next one goes on', async () => {
  const outbox = phone.open()
  phone.weather = ['refused']
  await outbox.put(sale('odd'))
  await outbox.put(sale('good'))
  await outbox.drain()

  expect(await fates(outbox)).toEqual({ odd: 'needs-you', good: 'accepted' })
})

test('a server in trouble is asked again later, but one broken sale does not block the shop for ever', async () => {
  const outbox = phone.open()
  phone.weather = Array.from({ length: 8 }, () => 'trouble' as const)
  await outbox.put(sale('broken'))
  await outbox.put(sale('good'))
  await outbox.drain()
  for (let attempt = 0; attempt < 8; attempt += 1) await phone.wait(outbox)

  expect(await fates(outbox)).toEqual({ broken: 'needs-you', good: 'accepted' })
})

test('a server that is away or busy is asked for ever, and the order stays', async () => {
  const outbox = phone.open()
  phone.weather = [...Array.from({ length: 20 }, (_, index) => (index % 2 ? 'busy' : 'lost') as 'busy' | 'lost'), 'trouble']
  await outbox.put(sale('first'))
  await outbox.put(sale('second'))
  await outbox.drain()
  while (phone.weather.length) await phone.wait(outbox)
  expect(await fates(outbox)).toEqual({ first: 'waiting', second: 'waiting' })
  expect(new Set(phone.sent)).toEqual(new Set(['first']))

  await phone.wait(outbox)
  expect(phone.sent.slice(-2)).toEqual(['first', 'second'])
  expect(await fates(outbox)).toEqual({ first: 'accepted', second: 'accepted' })
})

test('what needed a person is sent again under the same name when she says so', async () => {
  const outbox = phone.open()
  phone.weather = ['refused']
  await outbox.put(sale('odd'))
  await outbox.drain()
  await outbox.retry('odd')

  expect(phone.sent).toEqual(['odd', 'odd'])
  expect(await fates(outbox)).toEqual({ odd: 'accepted' })
})

test('an ended session keeps everything waiting', async () => {
  const outbox = phone.open()
  phone.weather = ['signed-out']
  await outbox.put(sale('first'))
  await outbox.drain()

  expect(await fates(outbox)).toEqual({ first: 'waiting' })
  expect(phone.planned).toBeUndefined()
})

test('nobody sends what another person did', async () => {
  const outbox = phone.open()
  phone.actor = 'wang-qiang'
  await outbox.put(sale('li-meis-sale'))
  await outbox.drain()
  expect(phone.sent).toEqual([])

  phone.actor = 'li-mei'
  await outbox.drain()
  expect(await fates(outbox)).toEqual({ 'li-meis-sale': 'accepted' })
})

test('a person who leaves at the last moment does not leave her sale to the next', async () => {
  const outbox = phone.open()
  phone.actor = undefined
  await outbox.put(sale('li-meis-sale'))
  await outbox.drain()
  phone.actor = 'li-mei'
  phone.changed = () => (phone.actor = 'wang-qiang')
  await outbox.drain()

  expect(phone.sent).toEqual([])
  expect(await fates(outbox)).toEqual({ 'li-meis-sale': 'waiting' })
})

test('a sale that never left the phone is taken back without a trace', async () => {
  const outbox = phone.open()
  phone.actor = undefined
  await outbox.put(sale('mistake'))

  expect(await outbox.withdraw('mistake')).toBe(true)
  expect(await outbox.all()).toEqual([])
})

test('a sale that may have left the phone cannot be taken back silently', async () => {
  const outbox = phone.open()
  phone.weather = ['answer-lost']
  await outbox.put(sale('perhaps'))
  await outbox.drain()

  expect(await outbox.withdraw('perhaps')).toBe(false)
  expect(await fates(outbox)).toEqual({ perhaps: 'waiting' })
})

test('an undo is sent only after what it takes back was accepted', async () => {
  const outbox = phone.open()
  phone.weather = ['answer-lost']
  await outbox.put(sale('sold'))
  await outbox.drain()
  await outbox.put({ ...sale('undo'), reverses: 'sold' })
  await phone.wait(outbox)

  expect(phone.sent).toEqual(['sold', 'sold', 'undo'])
  expect(await fates(outbox)).toEqual({ sold: 'accepted', undo: 'accepted' })
})

test('an undo of what was refused is dropped, and she need not look at it again', async () => {
  const outbox = phone.open()
  phone.weather = ['lost', 'unknown-item']
  await outbox.put(sale('sold'))
  await outbox.drain()
  await outbox.put({ ...sale('undo'), reverses: 'sold' })
  await phone.wait(outbox)

  expect(phone.sent).not.toContain('undo')
  expect(await fates(outbox)).toEqual({ sold: 'refused', undo: 'undone' })
  expect((await outbox.all()).some(needsYou)).toBe(false)
})

test('an undo of what nobody knows about waits, and holds up nothing', async () => {
  const outbox = phone.open()
  phone.weather = Array.from({ length: 8 }, () => 'trouble' as const)
  await outbox.put(sale('broken'))
  await outbox.drain()
  await outbox.put({ ...sale('undo'), reverses: 'broken' })
  await outbox.put(sale('good'))
  while (phone.weather.length) await phone.wait(outbox)
  await outbox.drain()
  expect(await fates(outbox)).toEqual({ broken: 'needs-you', undo: 'waiting', good: 'accepted' })

  await outbox.retry('broken')
  expect(phone.sent.slice(-2)).toEqual(['broken', 'undo'])
})

test('waiting grows with every failure, and phones do not all come back at once', () => {
  expect(backOff(1, 0.5)).toBe(1_000)
  expect(backOff(4, 0.5)).toBe(8_000)
  expect(backOff(30, 0.5)).toBe(60_000)
  expect(backOff(3, 0)).not.toBe(backOff(3, 1))
})

test('what somebody who left did is not lost: a manager records it in her own name, under the same request', async () => {
  const outbox = phone.open()
  phone.weather = ['lost']
  await outbox.put({ ...sale('left'), actorName: '李梅' })
  await outbox.drain()
  phone.actor = undefined
  await outbox.leaveBehind('li-mei')
  expect((await outbox.all()).map(isLeftBehind)).toEqual([true])

  phone.actor = 'manager'
  await outbox.drain()
  expect(phone.sent, 'nothing goes out under another name by itself').toEqual(['left'])
  await outbox.takeOver('left', 'manager', '王强')

  expect(phone.sent).toEqual(['left', 'left'])
  const [taken] = await outbox.all()
  expect(taken).toMatchObject({ state: 'accepted', actorId: 'manager', takenOverFrom: '李梅' })
  expect(isLeftBehind(taken as Operation)).toBe(false)
})

test('what was accepted before its person left needs nobody', async () => {
  const outbox = phone.open()
  await outbox.put(sale('done'))
  await outbox.drain()

  await outbox.leaveBehind('li-mei')

  expect((await outbox.all()).map(isLeftBehind)).toEqual([false])
})

test('only what was left behind can be taken over', async () => {
  const outbox = phone.open()
  phone.weather = ['lost']
  await outbox.put(sale('hers'))
  await outbox.drain()

  await outbox.takeOver('hers', 'manager', '王强')

  expect((await outbox.all()).map(({ actorId }) => actorId)).toEqual(['li-mei'])
})
