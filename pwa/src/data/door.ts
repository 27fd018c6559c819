/** What is said at the door: who can come in how, the steps of a sign-in, and its refusals in words. */
import { request, SAID_BY_US, ServerBusy, ServerTrouble, Unreachable } from './transport.ts'

/** Where a sign-in stands; only `signed_in` opens anything. */
export type Step = 'signed_in' | 'change_password' | 'second_factor' | 'enrol_second_factor'

/** A company's own sign-in: we lead there and the company leads back. */
export interface CompanyWay {
  id: string
  kind: 'oidc' | 'wecom'
  name: string
  nameEn: string
  href: string
}

export interface DemoAccount {
  login: string
  password: string
  name: string
  role: string
  place: string
  /** The second factor of this minute, for an account that needs one. */
  code?: string
}

/** A no in words; `message` is empty when nobody answered, and then the code says what the screen says. */
export class DoorRefusal extends Error {
  constructor(
    readonly code: string,
    message = '',
    readonly messageZh = message,
    readonly field?: string,
  ) {
    super(message)
  }
}

type Method = 'GET' | 'POST' | 'DELETE'

/** Ask the door for something. Throws `DoorRefusal` for every no, and when no answer comes. */
export async function knock<Said>(path: string, content?: unknown, method: Method = 'POST'): Promise<Said> {
  const response = await answerOf(path, content, method)
  const said = (await response.json().catch(() => ({}))) as Partial<DoorRefusal> & Said
  if (response.ok) return said
  throw new DoorRefusal(said.code ?? `HTTP_${response.status}`, said.message, said.messageZh, said.field)
}

async function answerOf(path: string, content: unknown, method: Method): Promise<Response> {
  const asking = method === 'GET' ? {} : { method, headers: SAID_BY_US, body: JSON.stringify(content ?? {}) }
  try {
    return await request(path, asking)
  } catch (error) {
    if (error instanceof ServerBusy && error.answer?.status === 429) return error.answer
    if (error instanceof Unreachable) throw new DoorRefusal('UNREACHABLE')
    if (error instanceof ServerTrouble) throw new DoorRefusal('SERVER_TROUBLE')
    throw error
  }
}

/** The company ways in; none when nobody answers. */
export async function companyWays(): Promise<CompanyWay[]> {
  const { ways } = await knock<{ ways: (CompanyWay | { id: 'local' })[] }>('/auth/ways', undefined, 'GET').catch(nothing)
  return (ways ?? []).filter((way): way is CompanyWay => 'href' in way)
}

export async function demoAccounts(): Promise<DemoAccount[]> {
  const { accounts } = await knock<{ accounts: DemoAccount[] }>('/auth/demo-accounts', undefined, 'GET').catch(nothing)
  return accounts ?? []
}

function nothing(error: unknown): { ways?: never; accounts?: never } {
  if (error instanceof DoorRefusal) return {}
  throw error
}

interface Progress {
  status: Step
}

const step = async (path: string, content: unknown): Promise<Step> => (await knock<Progress>(path, content)).status

export const sendPassword = (login: string, password: string): Promise<Step> => step('/auth/sign-in', { login, password })
export const sendNewPassword = (fresh: string, current?: string): Promise<Step> =>
  step('/auth/password', { new: fresh, ...(current !== undefined && { current }) })
/** Six digits of the authenticator, or a recovery code. */
export const sendCode = (code: string): Promise<Step> => step('/auth/second-factor', { code })

export interface Enrolment {
  secret: string
  uri: string
  qrSvg: string
}

/** With the password once more when the sign-in is a while ago (`PROVE_AGAIN`). */
export const beginEnrolment = (password = ''): Promise<Enrolment> =>
  knock('/auth/totp/enrol', password === '' ? {} : { password })
export const confirmEnrolment = (code: string): Promise<Progress & { recoveryCodes: string[] }> =>
  knock('/auth/totp/confirm', { code })
export const removeSecondFactor = (code: string): Promise<unknown> => knock('/auth/totp/remove', { code })

export interface SignedInDevice {
  id: string
  userAgent: string
  createdAt: string
  lastSeenAt: string
  current: boolean
  way: string
}

export const myDevices = async (): Promise<SignedInDevice[]> =>
  (await knock<{ devices: SignedInDevice[] }>('/auth/devices', undefined, 'GET')).devices
export const signOutDevice = (id: string): Promise<unknown> => knock('/auth/devices/sign-out', { id })
export const signOutOthers = (): Promise<unknown> => knock('/auth/devices/sign-out', { others: true })

export const setPin = (pin: string): Promise<unknown> => knock('/auth/pin', { pin })

/** What the door knows of one's own account. */
export interface Account {
  name: string
  way: string
  secondFactor: boolean
  secondFactorRequired: boolean
  recoveryCodesLeft: number
  hasPin: boolean
}

export const myAccount = (): Promise<Account> => knock('/auth/me', undefined, 'GET')
