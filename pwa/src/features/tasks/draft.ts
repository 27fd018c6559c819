/** The answers of a list that is not finished: on the device after each, so that a killed app loses none. */
import { ref, watch, type Ref } from 'vue'
import { forgetNote, readNote, writeNote } from '@/data/database.ts'
import type { StepAnswer } from '@/ui/steps.ts'

export type Draft = Record<string, StepAnswer>

export interface KeptDraft {
  draft: Ref<Draft>
  /** Whether all of it lies on the device by now. */
  kept: Ref<boolean>
  forget: () => Promise<void>
}

export function useDraft(taskId: () => string): KeptDraft {
  const draft = ref<Draft>({})
  const kept = ref(true)
  const note = (): string => `draft ${taskId()}`
  let over = false
  /** One after the other: what is sealed last must lie there last. */
  let writing = Promise.resolve()

  watch(taskId, async () => {
    const before = await readNote<Draft>(note())
    // What she answered while it was read is newer.
    draft.value = { ...before, ...draft.value }
  }, { immediate: true })

  watch(draft, (answers) => {
    if (over) return
    kept.value = false
    // A copy without Vue's proxies, which the database cannot keep.
    const copy: unknown = JSON.parse(JSON.stringify(answers))
    writing = writing.then(async () => {
      await writeNote(note(), copy)
      kept.value = answers === draft.value
    })
  })

  async function forget(): Promise<void> {
    over = true
    await writing
    await forgetNote(note())
  }

  return { draft, kept, forget }
}
