/** What somebody has begun to write for a hand-over: it is still there when they come back from doing a must. */
import { reactive } from 'vue'
import type { PhotoInput } from '@/data/photos.ts'
import type { Ending } from './leaving.ts'

interface Begun {
  ending: Ending
  note: string
  reasons: Record<string, string>
  photos: PhotoInput[]
}

let kept: { whose: string; begun: Begun } | undefined

/** One person's, of one shop's one day; anybody else begins with nothing. */
export function begunHandOver(whose: string): Begun {
  if (kept?.whose !== whose) kept = { whose, begun: reactive<Begun>({ ending: 'day', note: '', reasons: {}, photos: [] }) }
  return kept.begun
}

export function forgetBegun(): void {
  kept = undefined
}
