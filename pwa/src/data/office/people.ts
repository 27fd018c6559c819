/**
 * People, for whoever looks after them. Nothing of this is kept on the device: no store of its
 * database and no cache ever holds it, and what is revealed lives in one screen's memory only.
 */
import type { ResultOf, VariablesOf } from '../graphql.ts'
import { match } from '../match.ts'
import type { Page } from '../readings.ts'
import { ask, Refused } from '../transport.ts'
import { uuidv7 } from '../uuid.ts'
import {
  AcknowledgeAlarm,
  AlarmPage,
  ChangePhone,
  EndAssignment,
  ErasePerson,
  GrantRole,
  LendPerson,
  PeoplePage,
  PersonQuery,
  RecordLeaver,
  Reveal,
} from './documents.ts'

export type Person = ResultOf<typeof PeoplePage>['people']['edges'][number]['node']
export type StaffAssignment = Person['assignments'][number]
export type Alarm = ResultOf<typeof AlarmPage>['securityAlarms']['edges'][number]['node']
export type Purpose = VariablesOf<typeof Reveal>['input']['purpose']
export type Grant = Omit<VariablesOf<typeof GrantRole>['input'], 'requestId'>
export type Loan = Omit<VariablesOf<typeof LendPerson>['input'], 'requestId'>

export const PURPOSES = ['EMERGENCY', 'INVESTIGATION', 'LEGAL_DUTY', 'OWN_REQUEST', 'PAYROLL'] as const satisfies readonly Purpose[]

const PAGE = 50

interface Connection<Item> {
  edges: { node: Item }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
  totalCount: number | null
}

export function pageOf<Item>({ edges, pageInfo, totalCount }: Connection<Item>): Page<Item> {
  return { items: edges.map(({ node }) => node), next: pageInfo.hasNextPage ? pageInfo.endCursor : null, total: totalCount }
}

export async function peoplePage(wanted: { text?: string; storeId?: string }, after: string | null = null): Promise<Page<Person>> {
  const { text = null, storeId = null } = wanted
  return pageOf((await ask(PeoplePage, { first: PAGE, after, text, storeId })).people)
}

export async function person(id: string): Promise<Person | null> {
  return (await ask(PersonQuery, { id })).person
}

export async function alarmPage(onlyOpen: boolean, after: string | null = null): Promise<Page<Alarm>> {
  return pageOf((await ask(AlarmPage, { first: PAGE, after, onlyOpen })).securityAlarms)
}

export interface Revealed {
  value: string
  expiresAt: string
}

/** Each call is recorded with its purpose. The value is for the eyes: whoever calls this hides it again. */
export async function reveal(personId: string, purpose: Purpose, note: string): Promise<Revealed> {
  const input = { requestId: uuidv7(), personId, field: 'PHONE' as const, purpose, note: note || null }
  return match((await ask(Reveal, { input })).reveal, {
    RevealSuccess: ({ value, expiresAt }): Revealed => ({ value, expiresAt }),
    InvalidInput: no,
    NotFound: no,
    NotPermitted: no,
    PersonErased: no,
    RequestIdConflict: no,
    TooManyReveals: no,
  })
}

/** Null takes it away. */
export async function changePhone(personId: string, phone: string | null): Promise<void> {
  match((await ask(ChangePhone, { input: { requestId: uuidv7(), personId, phone } })).changePhone, {
    ChangePhoneSuccess: done,
    InvalidInput: no,
    NotFound: no,
    NotPermitted: no,
    PersonErased: no,
    RequestIdConflict: no,
    RoleAboveYours: no,
  })
}

export async function erasePerson(personId: string): Promise<void> {
  match((await ask(ErasePerson, { input: { requestId: uuidv7(), personId } })).erasePerson, {
    ErasePersonSuccess: done,
    NotFound: no,
    NotPermitted: no,
    PersonStillHere: no,
    RequestIdConflict: no,
  })
}

export async function acknowledgeAlarm(alarmId: string, note: string): Promise<void> {
  match((await ask(AcknowledgeAlarm, { input: { requestId: uuidv7(), alarmId, note: note || null } })).acknowledgeAlarm, {
    AcknowledgeAlarmSuccess: done,
    InvalidInput: no,
    NotFound: no,
    NotPermitted: no,
    OwnAlarm: no,
    RequestIdConflict: no,
  })
}

const COMMON = { InvalidInput: no, NotFound: no, NotPermitted: no, RequestIdConflict: no, RoleAboveYours: no, WiderThanYours: no }

export async function grantRole(grant: Grant): Promise<void> {
  const { grantRole: answer } = await ask(GrantRole, { input: { requestId: uuidv7(), ...grant } })
  match(answer, { ...COMMON, GrantRoleSuccess: done, NotToYourself: no })
}

export async function lendPerson(loan: Loan): Promise<void> {
  const { lendPerson: answer } = await ask(LendPerson, { input: { requestId: uuidv7(), ...loan } })
  match(answer, { ...COMMON, LendPersonSuccess: done, NotToYourself: no })
}

export async function endAssignment(assignmentId: string): Promise<void> {
  const { endAssignment: answer } = await ask(EndAssignment, { input: { requestId: uuidv7(), assignmentId } })
  match(answer, { ...COMMON, EndAssignmentSuccess: done, AlreadyOver: no, LastOfRole: no })
}

export async function recordLeaver(personId: string): Promise<void> {
  const { recordLeaver: answer } = await ask(RecordLeaver, { input: { requestId: uuidv7(), personId } })
  match(answer, { ...COMMON, RecordLeaverSuccess: done, LastOfRole: no })
}

function done(): void {}

interface No {
  code: string
  message: string
  messageZh: string
  problems?: { message: string; messageZh: string }[]
}

/** A refusal in the words of its first problem, which name the field. */
export function no({ code, message, messageZh, problems }: No): never {
  const said = problems?.[0] ?? { message, messageZh }
  throw new Refused(code, said.message, said.messageZh)
}
