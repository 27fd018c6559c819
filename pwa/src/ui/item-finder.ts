/** From a scan, a typed code, a name, its sound or a sentence to one item; the same on every page that asks "which?". */
import { onBeforeUnmount, onMounted, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { catalogue, resolveCode, searchCatalogue, searchServer, type CatalogueItem, type Scanned } from '@/data/catalogue.ts'
import type { Understood } from '@/data/spoken/understanding.ts'
import { signal } from './feedback.ts'
import { listenForScanner } from './wedge.ts'

const SERVER_WAIT_MS = 300
const AGAIN_MS = 3_000
const LOOKS_LIKE_CODE = /^[\w./-]{4,}$/

export interface ItemFinding {
  text: Ref<string>
  results: ShallowRef<CatalogueItem[]>
  /** The code that nobody knows. */
  unknown: Ref<string>
  /** The sentence that nobody understands. */
  unheard: Ref<string>
  /** What was perhaps said, the likeliest first. */
  hear: (sentences: readonly string[]) => Promise<void>
  scan: (code: string) => Promise<void>
  submit: () => Promise<void>
  choose: (item: CatalogueItem) => void
  clear: () => void
}

/** What a sentence asks for beside the goods. */
export type Said = Pick<Understood, 'intent' | 'quantity'>

/** What a page makes of a code that is no item's: nothing, it is done already, this is to be done, or nobody answered. */
export type Otherwise = boolean | (() => void) | 'unanswered'

/**
 * `asked` is for sentences that name no goods, such as "start the day"; `otherwise` for codes that are no item's. A text
 * that looks like such a code (`looksSo`) is looked for while it is typed.
 */
export function useItemFinder(
  storeId: () => string | undefined,
  found: (scanned: Scanned, said?: Said) => void,
  asked: (intent: Said['intent']) => void = () => {},
  otherwise: (code: string) => Promise<Otherwise> = async () => false,
  looksSo: (text: string) => boolean = () => false,
): ItemFinding {
  const text = ref('')
  const results = shallowRef<CatalogueItem[]>([])
  const unknown = ref('')
  const unheard = ref('')
  let said: Said | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const clear = (): void => {
    text.value = ''
    unknown.value = ''
    unheard.value = ''
  }
  const find = (scanned: Scanned): void => {
    const meant = said
    clear()
    said = undefined
    signal('scanned')
    found(scanned, meant)
  }
  const opened = (open: true | (() => void)): void => {
    clear()
    signal('scanned')
    if (open !== true) open()
  }
  const scan = async (code: string): Promise<void> => {
    const typed = text.value
    /** She typed this code, and types something else by now: no answer may wipe that away. */
    const outdated = (): boolean => typed.trim() === code && text.value !== typed
    const store = storeId()
    const scanned = store === undefined ? null : await resolveCode(code, store)
    if (outdated()) return
    if (scanned) return find(scanned)
    const open = await otherwise(code)
    if (outdated()) return
    if (open && open !== 'unanswered') return opened(open)
    signal('refused')
    if (text.value === typed) text.value = ''
    unknown.value = code
  }
  const submit = async (): Promise<void> => {
    const typed = text.value.trim()
    const [only, ...others] = results.value
    if (only && others.length === 0) find({ item: only, packUnits: 1 })
    else if (results.value.length === 0 && LOOKS_LIKE_CODE.test(typed)) await scan(typed)
  }
  const listen = async (sentences: readonly string[]): Promise<void> => {
    clear()
    const meant = await meaning(sentences)
    const [first] = meant?.items ?? []
    if (!meant) {
      signal('refused')
      unheard.value = sentences[0] ?? ''
    } else if (!first) {
      signal('scanned')
      asked(meant.intent)
    } else if (meant.sure) {
      said = meant
      find({ item: first, packUnits: 1 })
    } else text.value = sentences[0] ?? ''
  }
  const searchLater = (wanted: string): void => {
    timer = setTimeout(() => {
      const store = storeId()
      if (store === undefined) return
      searchServer(wanted, store).then(
        (items) => text.value.trim() === wanted && (results.value = items),
        () => undefined,
      )
    }, SERVER_WAIT_MS)
  }

  /** As soon as it is whole: nobody should have to find the key that says so. Where nobody answers, she need not either. */
  const readLater = (wanted: string, wait = SERVER_WAIT_MS): void => {
    timer = setTimeout(async () => {
      const open = await otherwise(wanted)
      if (!open || text.value.trim() !== wanted) return
      if (open === 'unanswered') readLater(wanted, AGAIN_MS)
      else opened(open)
    }, wait)
  }

  /** Not a name, a code or initials as they stand: perhaps a sentence, or a name that only sounds so. */
  const readSentence = async (wanted: string): Promise<void> => {
    const meant = await meaning([wanted])
    if (text.value.trim() !== wanted) return
    if (!meant?.items.length) return searchLater(wanted)
    said = meant
    results.value = meant.items
  }

  watch(text, (typed) => {
    clearTimeout(timer)
    const wanted = typed.trim()
    if (wanted) unknown.value = ''
    results.value = searchCatalogue(wanted)
    said = undefined
    if (wanted.length < 2 || results.value.length > 0) return
    if (looksSo(wanted)) readLater(wanted)
    else void readSentence(wanted)
  })

  let stop = (): void => {}
  onMounted(() => (stop = listenForScanner((code) => void scan(code))))
  onBeforeUnmount(() => {
    stop()
    clearTimeout(timer)
    // An answer that comes now is for nobody, and nothing is asked again.
    clear()
  })

  const choose = (item: CatalogueItem): void => find({ item, packUnits: 1 })
  return { text, results, unknown, unheard, hear: listen, scan, submit, choose, clear }
}

async function meaning(sentences: readonly string[]): Promise<Understood | null> {
  const { understand } = await import('@/data/spoken/understanding.ts')
  return understand(sentences, catalogue.value.values())
}
