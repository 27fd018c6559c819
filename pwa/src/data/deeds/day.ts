/** The business day of a shop. */
import type { VariablesOf } from '../graphql.ts'
import { OpenBusinessDay } from '../documents/writes.ts'
import { match } from '../match.ts'
import type { Operation } from '../operations.ts'
import { accepted, kind, refused, type NamedLine } from './deed.ts'
import { record } from './record.ts'

export interface OpenDayDeed {
  kind: 'open-day'
  input: VariablesOf<typeof OpenBusinessDay>['input']
  lines: NamedLine[]
}

export function openDay(): Promise<Operation> {
  return record((common) => ({ kind: 'open-day', lines: [], input: common }))
}

export const dayOpened = kind<OpenDayDeed>()({
  icon: 'sun',
  quiet: true,
  document: OpenBusinessDay,
  variables: ({ input }) => ({ input }),
  fate: ({ openBusinessDay }) =>
    match(openBusinessDay, {
      OpenBusinessDaySuccess: accepted,
      InvalidInput: refused,
      NotFound: refused,
      NotPermitted: refused,
      RequestIdConflict: refused,
    }),
  words: (_deed, say) => say.t('operations.openDay'),
})
