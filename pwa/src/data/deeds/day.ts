/** The business day of a shop: opened, worked in, handed over, taken on. */
import { ClockIn, ClockOut, ConfirmHandOver, HandOver } from '../documents/day.ts'
import { OpenBusinessDay } from '../documents/writes.ts'
import type { VariablesOf } from '../graphql.ts'
import { match } from '../match.ts'
import type { Operation } from '../operations.ts'
import { uuidv7 } from '../uuid.ts'
import { accepted, kind, refused, type NamedLine } from './deed.ts'
import { record, type Common } from './record.ts'

export interface OpenDayDeed {
  kind: 'open-day'
  input: VariablesOf<typeof OpenBusinessDay>['input']
  lines: NamedLine[]
}

export interface ClockInDeed {
  kind: 'clock-in'
  input: VariablesOf<typeof ClockIn>['input']
  lines: NamedLine[]
}

export interface ClockOutDeed {
  kind: 'clock-out'
  input: VariablesOf<typeof ClockOut>['input']
  lines: NamedLine[]
}

export interface HandOverDeed {
  kind: 'hand-over'
  input: VariablesOf<typeof HandOver>['input']
  lines: NamedLine[]
}

export interface ConfirmHandOverDeed {
  kind: 'confirm-hand-over'
  input: VariablesOf<typeof ConfirmHandOver>['input']
  lines: NamedLine[]
}

export function openDay(): Promise<Operation> {
  return record((common) => ({ kind: 'open-day', lines: [], input: common }))
}

/** Where somebody is, or a word for why nobody knows. */
type Place = { latitude: number; longitude: number } | string

/** Without a position it is recorded all the same. */
export function clock(direction: 'in' | 'out', here: Place): Promise<Operation> {
  return record((common) => {
    const input = { id: uuidv7(), ...common, origin: originAt(common, here) }
    return direction === 'in' ? { kind: 'clock-in', lines: [], input } : { kind: 'clock-out', lines: [], input }
  })
}

export interface HandingOver {
  endsDay: boolean
  note: string | null
  reasons: { taskId: string; words: string }[]
  photos: NonNullable<HandOverDeed['input']['photos']>
}

export function handOver(given: HandingOver): Promise<Operation> {
  return record((common) => ({ kind: 'hand-over', lines: [], input: { id: uuidv7(), ...common, ...given } }))
}

/** Every dispute becomes a task of the shop. */
export function confirmHandOver(handOverId: string, disputes: string[]): Promise<Operation> {
  const disputed = disputes.map((words) => ({ id: uuidv7(), words }))
  return record((common) => ({ kind: 'confirm-hand-over', lines: [], input: { id: uuidv7(), ...common, handOverId, disputes: disputed } }))
}

/** What she was told of her place is what is recorded: what the device knew a while ago does not come instead. */
function originAt({ origin: { occurredAt, source } }: Common, here: Place): VariablesOf<typeof ClockIn>['input']['origin'] {
  return typeof here === 'string' ? { occurredAt, source } : { occurredAt, source, latitude: here.latitude, longitude: here.longitude }
}

const NO = { InvalidInput: refused, NotFound: refused, NotPermitted: refused, RequestIdConflict: refused }

export const dayOpened = kind<OpenDayDeed>()({
  icon: 'sun',
  quiet: true,
  document: OpenBusinessDay,
  variables: ({ input }) => ({ input }),
  fate: ({ openBusinessDay }) => match(openBusinessDay, { ...NO, OpenBusinessDaySuccess: accepted }),
  words: (_deed, say) => say.t('operations.openDay'),
})

export const clockedIn = kind<ClockInDeed>()({
  icon: 'person',
  document: ClockIn,
  variables: ({ input }) => ({ input }),
  fate: (answer) => match(answer.clockIn, { ...NO, ClockInSuccess: accepted }),
  words: (_deed, say) => say.t('operations.clockIn'),
})

export const clockedOut = kind<ClockOutDeed>()({
  icon: 'person',
  document: ClockOut,
  variables: ({ input }) => ({ input }),
  fate: (answer) => match(answer.clockOut, { ...NO, ClockOutSuccess: accepted }),
  words: (_deed, say) => say.t('operations.clockOut'),
})

export const handedOver = kind<HandOverDeed>()({
  icon: 'store',
  document: HandOver,
  variables: ({ input }) => ({ input }),
  fate: (answer) => match(answer.handOver, { ...NO, HandOverSuccess: accepted, MustDoOpen: refused }),
  words: (_deed, say) => say.t('operations.handOver'),
})

export const handOverConfirmed = kind<ConfirmHandOverDeed>()({
  icon: 'check',
  document: ConfirmHandOver,
  variables: ({ input }) => ({ input }),
  fate: (answer) => match(answer.confirmHandOver, { ...NO, ConfirmHandOverSuccess: accepted, OwnHandOver: refused }),
  words: (_deed, say) => say.t('operations.confirmHandOver'),
})
