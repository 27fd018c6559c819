/** From a scan, a typed code, a name or its initials to one item; the same on every page that asks "which?". */
import { onBeforeUnmount, onMounted, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { resolveCode, searchCatalogue, searchServer, type CatalogueItem, type Scanned } from '@/data/catalogue.ts'
import { signal } from './feedback.ts'
import { listenForScanner } from './wedge.ts'

const SERVER_WAIT_MS = 300
const LOOKS_LIKE_CODE = /^[\w./-]{4,}$/

export interface ItemFinding {
  text: Ref<string>
  results: ShallowRef<CatalogueItem[]>
  /** The code that nobody knows. */
  unknown: Ref<string>
  scan: (code: string) => Promise<void>
  submit: () => Promise<void>
  choose: (item: CatalogueItem) => void
  clear: () => void
}

export function useItemFinder(storeId: () => string | undefined, found: (scanned: Scanned) => void): ItemFinding {
  const text = ref('')
  const results = shallowRef<CatalogueItem[]>([])
  const unknown = ref('')
  let timer: ReturnType<typeof setTimeout> | undefined

  const clear = (): void => {
    text.value = ''
    unknown.value = ''
  }
  const find = (scanned: Scanned): void => {
    clear()
    signal('scanned')
    found(scanned)
  }
  const scan = async (code: string): Promise<void> => {
    const store = storeId()
    const scanned = store === undefined ? null : await resolveCode(code, store)
    if (scanned) return find(scanned)
    signal('refused')
    text.value = ''
    unknown.value = code
  }
  const submit = async (): Promise<void> => {
    const typed = text.value.trim()
    const [only, ...others] = results.value
    if (only && others.length === 0) find({ item: only, packUnits: 1 })
    else if (results.value.length === 0 && LOOKS_LIKE_CODE.test(typed)) await scan(typed)
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

  watch(text, (typed) => {
    clearTimeout(timer)
    const wanted = typed.trim()
    if (wanted) unknown.value = ''
    results.value = searchCatalogue(wanted)
    if (wanted.length > 1 && results.value.length === 0) searchLater(wanted)
  })

  let stop = (): void => {}
  onMounted(() => (stop = listenForScanner((code) => void scan(code))))
  onBeforeUnmount(() => {
    stop()
    clearTimeout(timer)
  })

  const choose = (item: CatalogueItem): void => find({ item, packUnits: 1 })
  return { text, results, unknown, scan, submit, choose, clear }
}
