/** Asking headquarters for help, with what one is looking at. */
import { AskForHelp } from '../documents/day.ts'
import type { VariablesOf } from '../graphql.ts'
import { match } from '../match.ts'
import type { Operation } from '../operations.ts'
import { uuidv7 } from '../uuid.ts'
import { accepted, kind, refused, type NamedLine } from './deed.ts'
import { record } from './record.ts'

type Input = VariablesOf<typeof AskForHelp>['input']
export type HelpSubject = NonNullable<Input['subject']>

const SCREEN_AT_MOST = 100

export interface AskHelpDeed {
  kind: 'ask-help'
  input: Input
  lines: NamedLine[]
}

export interface HelpAsked {
  subject: HelpSubject
  subjectId: string | null
  /** What the screen is about, as she reads it. */
  screen: string
  words: string
  photos: NonNullable<Input['photos']>
}

export function askForHelp({ screen, ...asked }: HelpAsked): Promise<Operation> {
  const input = { id: uuidv7(), ...asked, screen: screen.slice(0, SCREEN_AT_MOST) }
  return record((common) => ({ kind: 'ask-help', lines: [], input: { ...common, ...input } }))
}

export const helpAsked = kind<AskHelpDeed>()({
  icon: 'warning',
  document: AskForHelp,
  variables: ({ input }) => ({ input }),
  fate: (answer) =>
    match(answer.askForHelp, { InvalidInput: refused, NotFound: refused, NotPermitted: refused, RequestIdConflict: refused, AskForHelpSuccess: accepted }),
  words: ({ input }, say) => say.t('operations.askHelp', { words: input.words ?? '' }),
})
