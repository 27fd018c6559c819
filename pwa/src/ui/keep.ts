/** Puts a deed on the device, and says so when the device cannot take it: then nothing has been lost silently. */
import type { Operation } from '@/data/operations.ts'
import { signal } from './feedback.ts'
import { say } from './snackbar.ts'

export async function keep(deed: Promise<Operation>, refusal: string): Promise<Operation | undefined> {
  try {
    const operation = await deed
    signal('done')
    return operation
  } catch (error) {
    console.error(error)
    signal('refused')
    say({ tone: 'refused', text: refusal })
    return undefined
  }
}
