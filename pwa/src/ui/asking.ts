/** A question to the server: busy while it is asked, and why not, in the reader's words. */
import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { DoorRefusal } from '@/data/door.ts'
import { DeviceFull, isFull } from '@/data/storage.ts'
import { Refused, ServerTrouble, SignedOut, Unreachable } from '@/data/transport.ts'
import { useWords } from './words.ts'

/** Refusals that the screen says in words of its own: shorter, and with what to do. */
const OWN_WORDS = new Set([
  'WRONG_CREDENTIALS',
  'TOO_MANY_ATTEMPTS',
  'UNREACHABLE',
  'SERVER_TROUBLE',
  'WRONG_PIN',
  'PIN_CLOSED',
  'FULL_SIGN_IN_NEEDED',
  'WRONG_CODE',
])

/** What went wrong on this device, before or after the server was asked: nobody waits for it on a grey page. */
const HERE: Record<string, string> = { DEVICE_FULL: 'common.notKept', BROKEN_HERE: 'common.failed' }

interface No {
  code: string
  message: string
  messageZh: string
}

export interface Asking {
  busy: Ref<boolean>
  /** Empty when nothing was refused. */
  problem: ComputedRef<string>
  refusal: Ref<No | undefined>
  /** Undefined when it was refused, or when a question is under way. */
  asking: <Answer>(question: () => Promise<Answer>) => Promise<Answer | undefined>
  /** True when it was done. */
  did: (act: () => Promise<unknown>) => Promise<boolean>
  forgive: () => void
}

export function useAsking(): Asking {
  const { t, english } = useWords()
  const busy = ref(false)
  const refusal = ref<No>()

  const problem = computed(() => {
    if (!refusal.value) return ''
    const { code, message, messageZh } = refusal.value
    const here = HERE[code]
    if (here) return t(here)
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
      refusal.value = noOf(error)
      return undefined
    } finally {
      busy.value = false
    }
  }

  const did = async (act: () => Promise<unknown>): Promise<boolean> => (await asking(async () => [await act()])) !== undefined

  return { busy, problem, refusal, asking, did, forgive: () => (refusal.value = undefined) }
}

function noOf(error: unknown): No {
  if (error instanceof DoorRefusal || error instanceof Refused) return error
  if (error instanceof Unreachable) return plain('UNREACHABLE')
  if (error instanceof ServerTrouble) return plain('SERVER_TROUBLE')
  if (error instanceof SignedOut) return plain('SIGNED_OUT')
  if (error instanceof DeviceFull || isFull(error)) return plain('DEVICE_FULL')
  console.error(error)
  return plain('BROKEN_HERE')
}

const plain = (code: string): No => ({ code, message: '', messageZh: '' })
