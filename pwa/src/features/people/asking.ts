/** A question of the office: busy while it is asked, and why it did not work, in the reader's words. */
import { ref, type Ref } from 'vue'
import { Refused, ServerTrouble, SignedOut, Unreachable } from '@/data/transport.ts'
import { useWords } from '@/ui/words.ts'

export interface Asking {
  busy: Ref<boolean>
  /** Empty when nothing was refused. */
  problem: Ref<string>
  /** True when it was done. */
  did: (question: () => Promise<void>) => Promise<boolean>
}

export function useAsking(): Asking {
  const { t, english } = useWords()
  const busy = ref(false)
  const problem = ref('')

  async function did(question: () => Promise<void>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    problem.value = ''
    try {
      await question()
      return true
    } catch (error) {
      problem.value = words(error)
      return false
    } finally {
      busy.value = false
    }
  }

  function words(error: unknown): string {
    if (error instanceof Refused) return english.value ? error.message : error.messageZh
    if (error instanceof Unreachable) return t('signin.problem.UNREACHABLE')
    if (error instanceof ServerTrouble) return t('signin.problem.SERVER_TROUBLE')
    if (error instanceof SignedOut) return t('banner.expired')
    throw error
  }

  return { busy, problem, did }
}
