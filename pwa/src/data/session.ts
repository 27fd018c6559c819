/** Who is signed in on this device, remembered so that the app opens without a network. */
import { computed, reactive } from 'vue'
import { MeQuery } from './documents/session.ts'
import { forgetReadings, readNote, writeNote } from './database.ts'
import type { ResultOf } from './graphql.ts'
import { hangUp } from './live.ts'
import { ask, post, Refused, request, SignedOut, Unreachable, ServerTrouble } from './transport.ts'

export type Me = ResultOf<typeof MeQuery>['me']
export type Store = Me['stores'][number]
export type Role = Me['assignments'][number]['role']
export type SessionState = 'unknown' | 'signed-in' | 'expired' | 'signed-out'
export type SignInAnswer = 'welcome' | 'wrong' | 'too-often' | 'unreachable'

export interface DemoAccount {
  login: string
  password: string
  name: string
  role: string
  place: string
}

const STORE_KEY = 'trueshelf.store'
const ME_NOTE = 'me'
const CHANNEL = 'trueshelf.session'
const REREAD_MS = 5_000
/** Longer than any sign-in takes: the tab that announced it may have been closed. */
const SIGN_IN_MS = 20_000

/** What a tab tells the others, which share its cookie, when somebody signs in or out. */
type News = 'changing' | 'changed'
let tabs: BroadcastChannel | undefined
let rereading: ReturnType<typeof setTimeout> | undefined
/** Counts the changes of person: an answer that was asked for before the last one is stale. */
let turn = 0

const session = reactive<{ state: SessionState; me: Me | undefined; storeId: string | undefined; doubtful: boolean }>({
  state: 'unknown',
  me: undefined,
  storeId: undefined,
  doubtful: false,
})

export const sessionState = computed(() => session.state)
export const me = computed(() => session.me)
/** In whose name this device sends; nobody's while the cookie may be changing hands. */
export const senderId = computed(() => (session.doubtful ? undefined : session.me?.id))
export const myStores = computed(() => session.me?.stores ?? [])
/** The store that this device works for. */
export const myStore = computed<Store | undefined>(() => myStores.value.find(({ id }) => id === session.storeId))
export const managesStores = computed(
  () => session.me?.assignments.some(({ role }) => role !== 'CLERK' && role !== 'CHANNEL') ?? false,
)
export const myRoles = computed<Role[]>(() => [...new Set(session.me?.assignments.map(({ role }) => role))])

/** Opens with what the device remembers, then asks the server. */
export async function startSession(): Promise<void> {
  tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(CHANNEL)
  tabs?.addEventListener('message', ({ data }: MessageEvent<News>) => hearNews(data))
  const remembered = await readNote<Me>(ME_NOTE)
  if (remembered) enter(remembered)
  const checked = refreshMe()
  if (!remembered) await checked
}

export async function refreshMe(): Promise<void> {
  const asked = turn
  try {
    const answer = await ask(MeQuery, {})
    if (asked !== turn) return
    session.doubtful = false
    enter(answer.me)
    await writeNote(ME_NOTE, answer.me)
  } catch (error) {
    const answers = [SignedOut, Unreachable, ServerTrouble, Refused]
    if (!answers.some((known) => error instanceof known)) throw error
    if (!session.me) session.state = 'signed-out'
  }
}

export async function signIn(login: string, password: string): Promise<SignInAnswer> {
  let response: Response
  doubt()
  tell('changing')
  try {
    response = await post('/auth/sign-in', { login, password })
  } catch (error) {
    void noChange()
    if (error instanceof ServerTrouble && error.message.endsWith('429')) return 'too-often'
    return 'unreachable'
  }
  if (!response.ok) {
    void noChange()
    return 'wrong'
  }
  doubt()
  tell('changed')
  if (session.me) await forgetReadings()
  hangUp()
  session.me = undefined
  await refreshMe()
  return session.me ? 'welcome' : 'unreachable'
}

/** Readings are dropped; operations that wait stay until their person signs in again. */
export async function signOut(): Promise<void> {
  hangUp()
  doubt()
  tell('changing')
  await post('/auth/sign-out', {}).catch(() => undefined)
  tell('changed')
  await forgetReadings()
  session.me = undefined
  session.state = 'signed-out'
}

function tell(news: News): void {
  tabs?.postMessage(news)
}

/** Send nothing until the server has said who is signed in. */
function doubt(): void {
  turn += 1
  session.doubtful = true
}

async function noChange(): Promise<void> {
  tell('changed')
  if (session.me) await reread()
}

function hearNews(news: News): void {
  doubt()
  clearTimeout(rereading)
  if (news === 'changing') rereading = setTimeout(() => void reread(), SIGN_IN_MS)
  else {
    hangUp()
    void reread()
  }
}

/** Ask who is signed in until there is an answer. */
async function reread(): Promise<void> {
  clearTimeout(rereading)
  const asked = turn
  await refreshMe()
  if (asked !== turn || !session.doubtful || session.state !== 'signed-in') return
  rereading = setTimeout(() => void reread(), REREAD_MS)
}

/** The server no longer knows the session; what was done stays and waits. */
export function sessionEnded(): void {
  session.state = session.me ? 'expired' : 'signed-out'
}

export function workFor(storeId: string): void {
  session.storeId = storeId
  localStorage.setItem(STORE_KEY, storeId)
}

export async function demoAccounts(): Promise<DemoAccount[]> {
  try {
    const response = await request('/auth/demo-accounts')
    return response.ok ? ((await response.json()) as { accounts: DemoAccount[] }).accounts : []
  } catch {
    return []
  }
}

const openings = new Map<string, { openedAt: string; openedBy: string }>()

/** The opening of the day is known here before the server confirms it; an older answer does not take it back. */
export function noteDayOpened(storeId: string, openedAt: string, openedBy: string): void {
  if (!session.me) return
  openings.set(storeId, { openedAt, openedBy })
  showOpenings(session.me)
  // A copy without Vue's proxies, which the database cannot keep.
  void writeNote(ME_NOTE, JSON.parse(JSON.stringify(session.me)))
}

/** The server has decided about the opening, so its word counts again. */
export async function askAboutDay(storeId: string): Promise<void> {
  openings.delete(storeId)
  await refreshMe()
}

function showOpenings({ stores }: Me): void {
  for (const { id, businessDay } of stores) {
    if (!businessDay.openedAt) Object.assign(businessDay, openings.get(id))
  }
}

function enter(answer: Me): void {
  const shops = answer.stores.filter(({ kind }) => kind === 'SHOP')
  const wanted = session.storeId ?? localStorage.getItem(STORE_KEY)
  const chosen = answer.stores.find(({ id }) => id === wanted) ?? shops[0] ?? answer.stores[0]
  showOpenings(answer)
  Object.assign(session, { me: answer, state: 'signed-in', storeId: chosen?.id })
}
