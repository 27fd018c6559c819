/** Puts a deed on the device, and says so when the device cannot take it: then nothing has been lost silently. */
import { undo } from '@/data/deeds.ts'
import type { Operation } from '@/data/operations.ts'
import { signal } from './feedback.ts'
import { t } from './language.ts'
import { say, type Notice } from './snackbar.ts'

export async function keep<Kept>(deed: Promise<Kept>, refusal: string): Promise<Kept | undefined> {
  try {
    const kept = await deed
    signal('done')
    return kept
  } catch (error) {
    console.error(error)
    signal('refused')
    say({ tone: 'refused', text: refusal })
    return undefined
  }
}

/** The way back from what was just done; where the device cannot take it, she hears that it stands. */
export function wayBack(operation: Operation): NonNullable<Notice['action']> {
  return { label: t('common.undo'), run: () => void keep(undo(operation), t('common.notKept')) }
}

/** One tap is one deed: tapped again while it is being written down, it does nothing. */
export function once<Told extends unknown[]>(act: (...told: Told) => Promise<void>): (...told: Told) => Promise<void> {
  let busy = false
  return async (...told) => {
    if (busy) return
    busy = true
    try {
      await act(...told)
    } finally {
      busy = false
    }
  }
}
