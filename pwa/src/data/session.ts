/** Who is signed in on this device, remembered so that the app opens without a network. */
import { computed, reactive } from 'vue'
import { MeQuery } from './documents/session.ts'
import { emptyCart } from './cart.ts'
import { forgetAllBut, forgetNote, forgetReadings, readNote, writeNote } from './database.ts'
import type { ResultOf } from './graphql.ts'
import { hangUp } from './live.ts'
import { DoorRefusal, knock, type Step } from './door.ts'
import { isAwayTooLong, serverWasHeard } from './contact-limit.ts'
import { SENDING_LOCK } from './sending.ts'
import { ask, Refused, SignedOut, Unreachable, ServerTrouble } from './transport.ts'

export type Me = ResultOf<typeof MeQuery>['me']
export type Store = Me['stores'][number]
export type Role = Me['assignments'][number]['role']
export type SessionState = 'unknown' | 'signed-in' | 'expired' | 'signed-out'
/** Why this device forgot what it knew: its person left the chain, or signed it out from another device. */
export type Farewell = 'left' | 'signed-out-elsewhere' | 'too-long-away'

const STORE_KEY = 'trueshelf.store'
const ME_NOTE = 'me'
const CHANNEL = 'trueshelf.session'
const REREAD_MS = 5_000
const LOOK_MS = 60_000
/** Longer than any sign-in takes: the tab that announced it may have been closed. */
const SIGN_IN_MS = 20_000

/** What a tab tells the others, which share its cookie, when somebody signs in or out. */
type News = 'changing' | 'changed' | 'gone'
let tabs: BroadcastChannel | undefined
let rereading: ReturnType<typeof setTimeout> | undefined
/** Counts the changes of person: an answer that was asked for before the last one is stale. */
let turn = 0

/** Somebody went, and the server may not know it yet: nobody comes back in by opening the app, nor by the network. */
const GONE_KEY = 'trueshelf.gone'
const isGone = (): boolean => localStorage.getItem(GONE_KEY) !== null
const FAREWELL_KEY = 'trueshelf.farewell'
const FOR_GOOD: Record<string, Farewell> = { ACCESS_ENDED: 'left', SIGNED_OUT: 'signed-out-elsewhere' }
/** A new sign-in mends it. */
const OVER = new Set(['SESSION_OVER', 'UNAUTHENTICATED', 'NOT_SIGNED_IN'])

const session = reactive<{
  state: SessionState
  me: Me | undefined
  storeId: string | undefined
  doubtful: boolean
  farewell: Farewell | undefined
}>({
  state: 'unknown',
  me: undefined,
  storeId: undefined,
  doubtful: false,
  farewell: undefined,
})

export const sessionState = computed(() => session.state)
export const me = computed(() => session.me)
/** In whose name this device sends; nobody's while the cookie may be changing hands. */
export const senderId = computed(() => (session.doubtful ? undefined : session.me?.id))
export const farewell = computed(() => session.farewell)
export const may = (permission: string): boolean => session.me?.permissions.includes(permission) ?? false
export const myStores = computed(() => session.me?.stores ?? [])
/** The store that this device works for. */
export const myStore = computed<Store | undefined>(() => myStores.value.find(({ id }) => id === session.storeId))
export const myRoles = computed<Role[]>(() => [...new Set(session.me?.assignments.map(({ role }) => role))])

/** Opens with what the device remembers, then asks the server. */
export async function startSession(): Promise<void> {
  tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(CHANNEL)
  tabs?.addEventListener('message', ({ data }: MessageEvent<News>) => hearNews(data))
  session.farewell = (localStorage.getItem(FAREWELL_KEY) as Farewell | null) ?? undefined
  addEventListener('online', () => void networkIsBack())
  setInterval(() => void mindTheTether(), LOOK_MS)
  document.addEventListener('visibilitychange', () => void mindTheTether())
  if (isGone()) {
    // The app may have been killed before it forgot.
    await forgetReadings()
    if (!(await endSession())) {
      session.state = 'signed-out'
      return
    }
  }
  const remembered = (await isAwayTooLong()) ? await forgetForWant() : await readNote<Me>(ME_NOTE)
  if (!remembered) return refreshMe()
  // The cookie may be another person's by now: somebody signed in through the company, or in another tab.
  doubt()
  enter(remembered)
  void reread()
}

export async function refreshMe(): Promise<void> {
  if (isGone()) return beGone()
  const asked = turn
  try {
    const answer = await ask(MeQuery, {})
    if (asked !== turn) return
    if (session.me && !mayStillRead(session.me, answer.me)) {
      await forgetReadings()
      hangUp()
    }
    session.doubtful = false
    serverWasHeard(answer.me.offlineHours)
    if (session.farewell === 'too-long-away') clearFarewell()
    enter(answer.me)
    await rememberMe(answer.me)
  } catch (error) {
    const answers = [SignedOut, Unreachable, ServerTrouble, Refused]
    if (!answers.some((known) => error instanceof known)) throw error
    if (!session.me) session.state = 'signed-out'
  }
}

/** On a full device she works on all the same; only the next opening needs the network. */
async function rememberMe(answer: Me): Promise<void> {
  await writeNote(ME_NOTE, answer).catch((error: unknown) => console.error(error))
}

/** The same person, and no store less than before. */
function mayStillRead(before: Me, now: Me): boolean {
  const stores = new Set(now.stores.map(({ id }) => id))
  return before.id === now.id && before.stores.every(({ id }) => stores.has(id))
}

/**
 * Somebody proves who they are. While they do, nothing is sent from any tab; when they are in, the
 * readings of the one before are dropped, but for those of a store where both of them work.
 * Throws what `prove` throws, and then everything is as it was.
 */
export async function changePerson(prove: () => Promise<Step>, sameStore?: string): Promise<Step> {
  doubt()
  tell('changing')
  let step: Step
  try {
    step = await whileNobodySends(async () => {
      const reached = await prove()
      if (reached === 'signed_in') localStorage.removeItem(GONE_KEY)
      return reached
    })
  } catch (error) {
    void noChange()
    throw error
  }
  if (step !== 'signed_in') {
    void noChange()
    return step
  }
  doubt()
  tell('changed')
  clearFarewell()
  if (sameStore === undefined) await forgetReadings()
  else await forgetAllBut(sameStore)
  hangUp()
  session.me = undefined
  await refreshMe()
  if (!session.me) throw new DoorRefusal('UNREACHABLE')
  return step
}

async function whileNobodySends<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  return navigator.locks ? navigator.locks.request(SENDING_LOCK, work) : work()
}

/** Readings are dropped; operations that wait stay until their person signs in again. */
export async function signOut(): Promise<string | undefined> {
  const next = await leave()
  await forgetReadings()
  return next
}

/** The next person of the same shop takes the device: what the shop's shelves hold may stay. */
export async function lock(): Promise<void> {
  await leave()
  await forgetNote(ME_NOTE)
}

/** Returns where the company's own sign-out is, if it has one. */
async function leave(): Promise<string | undefined> {
  hangUp()
  doubt()
  tell('changing')
  localStorage.setItem(GONE_KEY, '1')
  const ended = await whileNobodySends(endSession)
  tell('gone')
  beGone()
  return ended?.next ?? undefined
}

/** The screen is nobody's, whatever the cookie says. */
function beGone(): void {
  hangUp()
  session.me = undefined
  session.state = 'signed-out'
}

/** A sign-out that the server has not heard of is told now; unless somebody is just signing in. */
async function networkIsBack(): Promise<void> {
  if (isGone()) await whileNobodySends(async () => void (isGone() && (await endSession())))
  else if (session.doubtful) await reread()
}

/** Undefined while the server has not been told. */
async function endSession(): Promise<{ next?: string | null } | undefined> {
  try {
    const ended = await knock<{ next?: string | null }>('/auth/sign-out')
    localStorage.removeItem(GONE_KEY)
    return ended
  } catch (error) {
    if (error instanceof DoorRefusal) return undefined
    throw error
  }
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
  if (news === 'gone') beGone()
  else if (news === 'changing') rereading = setTimeout(() => void reread(), SIGN_IN_MS)
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

/**
 * The server no longer knows the session. When it is over for good, the device forgets what its person could
 * read and says why; else the person only has to sign in again, and goes on working meanwhile.
 */
export function sessionEnded(code: string): void {
  const why = FOR_GOOD[code]
  if (!session.me) session.state = 'signed-out'
  else if (why) void sayFarewell(why)
  else if (OVER.has(code)) session.state = 'expired'
  else void lookAgain()
}

/** The session is good, but another person's, or its person may do something else now. */
async function lookAgain(): Promise<void> {
  doubt()
  await reread()
}

async function sayFarewell(why: Farewell): Promise<void> {
  const gone = session.me?.id
  localStorage.setItem(FAREWELL_KEY, why)
  session.farewell = why
  doubt()
  tell('changed')
  hangUp()
  await forgetReadings()
  emptyCart()
  if (gone !== undefined && why === 'left') await leaveBehind(gone)
  session.me = undefined
  session.state = 'signed-out'
}

/** Nothing was heard from the server for so long that what was kept for reading is no longer hers to read. */
async function forgetForWant(): Promise<undefined> {
  if (session.me || (await readNote<Me>(ME_NOTE))) await sayFarewell('too-long-away')
}

/** After that, the first word from the server opens the app again by itself: her session is not over. */
async function mindTheTether(): Promise<void> {
  if (session.me && (await isAwayTooLong())) await forgetForWant()
  if (session.farewell === 'too-long-away' && !isGone()) await reread()
}

function clearFarewell(): void {
  localStorage.removeItem(FAREWELL_KEY)
  session.farewell = undefined
}

let leaveBehind: (personId: string) => Promise<void> = async () => {}

/** Who looks after what a person who left has done and not sent. */
export function whenSomebodyLeaves(look: (personId: string) => Promise<void>): void {
  leaveBehind = look
}

export function workFor(storeId: string): void {
  session.storeId = storeId
  localStorage.setItem(STORE_KEY, storeId)
}

const openings = new Map<string, { openedAt: string; openedBy: string }>()

/** The opening of the day is known here before the server confirms it; an older answer does not take it back. */
export function noteDayOpened(storeId: string, openedAt: string, openedBy: string): void {
  if (!session.me) return
  openings.set(storeId, { openedAt, openedBy })
  showOpenings(session.me)
  // A copy without Vue's proxies, which the database cannot keep.
  void rememberMe(JSON.parse(JSON.stringify(session.me)) as Me)
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
