/** What a task may ask for, and an answer to it, as every screen that asks or answers speaks of them. */
import type { PhotoInput } from '@/data/photos.ts'

export type StepKind = 'TICK' | 'NUMBER' | 'TEXT' | 'PHOTO'

export interface Step {
  id: string
  title: string
  titleEn: string
  kind: StepKind
  unit: string | null
  min: number | null
  max: number | null
  must: boolean
}

export interface StepAnswer {
  tick: boolean | null
  number: number | null
  text: string | null
  photos: PhotoInput[]
}

export const unanswered = (): StepAnswer => ({ tick: null, number: null, text: null, photos: [] })

/** An open box is an answer that is not given. */
export function isGiven({ tick, number, text, photos }: StepAnswer): boolean {
  return tick === true || number !== null || (text ?? '').trim() !== '' || photos.length > 0
}

/** A number outside its range is kept like any other, and flagged. */
export function isOutside({ min, max }: Pick<Step, 'min' | 'max'>, number: number | null): boolean {
  return number !== null && ((min !== null && number < min) || (max !== null && number > max))
}
