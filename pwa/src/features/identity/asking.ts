/** A question at the door: busy while it is asked, and its refusal in the reader's words. */
import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { DoorRefusal } from '@/data/door.ts'
import { useWords } from '@/ui/words.ts'

/** Refusals that the screen says in words of its own: shorter, and with what to do. */
const OWN_WORDS = new Set(['WRONG_CREDENTIALS', 'TOO_MANY_ATTEMPTS', 'UNREACHABLE', 'SERVER_TROUBLE', 'WRONG_PIN', 'PIN_CLOSED', 'FULL_SIGN_IN_NEEDED', 'WRONG_CODE'])

export interface Asking {
  busy: Ref<boolean>
  /** Empty when nothing was refused. */
  problem: ComputedRef<string>
  refusal: Ref<DoorRefusal | undefined>
  /** Undefined when it was refused, or when a question is under way. */
  asking: <Answer>(question: () => Promise<Answer>) => Promise<Answer | undefined>
  forgive: () => void
}

export function useAsking(): Asking {
  const { t, english } = useWords()
  const busy = ref(false)
  const refusal = ref<DoorRefusal>()

  const problem = computed(() => {
    const { code, message = '', messageZh = '' } = refusal.value ?? {}
    if (code === undefined) return ''
    if (OWN_WORDS.has(code)) return t(`signin.problem.${code}`)
    return (english.value ? message : messageZh) || message || t('signin.problem.OTHER', { code })
  })

  async function asking<Answer>(question: () => Promise<Answer>): Promise<Answer | undefined> {
    if (busy.value) return undefined
    busy.value = true
    refusal.value = undefined
    try {
      return await question()
    } catch (error) {
      if (!(error instanceof DoorRefusal)) throw error
      refusal.value = error
      return undefined
    } finally {
      busy.value = false
    }
  }

  return { busy, problem, refusal, asking, forgive: () => (refusal.value = undefined) }
}
