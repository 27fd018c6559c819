import { afterEach, expect, test, vi } from 'vitest'
import { RetakePhoto } from './documents/photos.ts'
import { TasksQuery } from './documents/tasks.ts'
import { ask, post, Refused, ServerBusy, ServerTrouble, SignedOut, Unreachable, watchTransport } from './transport.ts'

const question = (): Promise<unknown> => ask(TasksQuery, { storeId: 'wangjing' })

function serverSays(status: number, body: unknown): void {
  vi.stubGlobal('fetch', async () => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status }))
}

afterEach(() => vi.unstubAllGlobals())

test('an answer is its data', async () => {
  serverSays(200, { data: { tasks: [] } })
  expect(await question()).toEqual({ tasks: [] })
})

test('a fault of the server is not a server that is away', async () => {
  serverSays(500, 'fault')
  const error = await question().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ServerTrouble)
  expect(error).not.toBeInstanceOf(ServerBusy)
})

test.each([
  ['no network', () => vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('failed'))), Unreachable],
  ['an answer that breaks off', () => serverSays(200, '{"data": {"ta'), Unreachable],
  ['a server that is down', () => serverSays(503, 'down'), ServerBusy],
  ['too many questions', () => serverSays(429, ''), ServerBusy],
  ['a server that says it is unavailable', () => serverSays(200, { errors: [{ message: 'x', extensions: { code: 'UNAVAILABLE' } }] }), ServerBusy],
  ['a fault of the server', () => serverSays(200, { data: null, errors: [{ message: 'x', extensions: { code: 'INTERNAL' } }] }), ServerTrouble],
  ['an ended session', () => serverSays(401, {}), SignedOut],
  ['an ended session in words', () => serverSays(200, { errors: [{ message: 'x', extensions: { code: 'UNAUTHENTICATED' } }] }), SignedOut],
  ['a plain no', () => serverSays(200, { data: null, errors: [{ message: 'x', extensions: { code: 'NOT_PERMITTED' } }] }), Refused],
  ['a body that is too large', () => serverSays(413, 'too large'), Refused],
])('%s has its own name', async (_what, happen, kind) => {
  happen()
  await expect(question()).rejects.toBeInstanceOf(kind)
})

test('every question says that our own app asks it', async () => {
  const asked = vi.fn(async (_path: string, _init: RequestInit) => new Response('{"data": {"tasks": []}}'))
  vi.stubGlobal('fetch', asked)

  await question()
  await post('/auth/sign-out', {})

  expect(asked.mock.calls.map(([, init]) => new Headers(init.headers).get('X-Trueshelf'))).toEqual(['1', '1'])
})

test('what is asked at once leaves in its order, each in a task of its own', async () => {
  const left: string[] = []
  vi.stubGlobal('fetch', async (_path: string, init: RequestInit) => {
    left.push((JSON.parse(String(init.body)) as { variables: { storeId: string } }).variables.storeId)
    queueMicrotask(() => queueMicrotask(() => left.push('end of its task')))
    return new Response('{"data": {"tasks": []}}')
  })

  const answers = Promise.all(['first', 'second'].map((storeId) => ask(TasksQuery, { storeId })))
  expect(left).toEqual([])
  await answers

  expect(left).toEqual(['first', 'end of its task', 'second', 'end of its task'])
})

test('a change is taken in the session of whoever asked for it, also when somebody else signs in before it leaves', async () => {
  const by: (string | null)[] = []
  vi.stubGlobal('fetch', async (_path: string, init: RequestInit) => {
    by.push(new Headers(init.headers).get('X-Trueshelf-Person'))
    return new Response('{"data": {}}')
  })
  let atWork = 'li-mei'
  watchTransport({ heard: () => {}, ended: () => {}, atWork: () => atWork })

  const change = ask(RetakePhoto, { input: {} } as never)
  const asked = question()
  atWork = 'wang-qiang'
  await Promise.all([change, asked])

  expect(by).toEqual(['li-mei', null])
  watchTransport({ heard: () => {}, ended: () => {}, atWork: () => undefined })
})
