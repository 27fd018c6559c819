/** What a checklist can ask, in the order of the buttons that add it. */
import type { IconName } from '@/ui/icons.ts'
import type { StepKind } from '@/ui/steps.ts'

export const KIND_ICONS: Record<StepKind, IconName> = { TICK: 'check', NUMBER: 'keypad', TEXT: 'pencil', PHOTO: 'camera' }
export const KINDS = ['TICK', 'NUMBER', 'TEXT', 'PHOTO'] as const satisfies readonly StepKind[]
