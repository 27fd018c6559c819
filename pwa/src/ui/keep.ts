/** Puts a deed on the device, and says so when the device cannot take it: then nothing has been lost silently. */
import { signal } from './feedback.ts'
import { say } from './snackbar.ts'

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
