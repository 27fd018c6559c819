/** Who opens a sheet by keyboard is in it, stays in it, and is back where she was when it closes. */
import { onScopeDispose, watch, type Ref } from 'vue'

const REACHED = 'a[href], button:not(:disabled), input:not(:disabled), select, textarea, [tabindex="0"]'
/** To these nobody is led back: a phone would show its keys. */
const WRITTEN_IN = 'input, textarea'

export function sheetFocus(open: Ref<boolean>, sheet: Readonly<Ref<HTMLElement | null>>): (event: KeyboardEvent) => void {
  let before: Element | null = null
  let isIn = false

  const enter = (): void => {
    const at = document.activeElement
    before = at
    isIn = true
    if (!sheet.value?.contains(at)) sheet.value?.focus({ preventScroll: true })
  }
  const leave = (): void => {
    if (!isIn) return
    isIn = false
    const at = document.activeElement
    const isHere = at === document.body || sheet.value?.contains(at)
    if (isHere && before instanceof HTMLElement && !before.matches(WRITTEN_IN)) before.focus({ preventScroll: true })
  }
  // What was never open yet is made a moment after it is opened.
  watch([open, sheet], ([now, made]) => {
    if (!now) leave()
    else if (made && !isIn) enter()
  }, { immediate: true, flush: 'post' })
  onScopeDispose(leave)

  return (event) => {
    if (event.key !== 'Tab' || !sheet.value) return
    const all = [...sheet.value.querySelectorAll<HTMLElement>(REACHED)].filter((each) => each.checkVisibility())
    const [edge, other] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]]
    const at = document.activeElement
    if (at !== edge && !(event.shiftKey && at === sheet.value)) return
    event.preventDefault()
    other?.focus()
  }
}
