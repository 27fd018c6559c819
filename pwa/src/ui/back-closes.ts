/**
 * The phone's Back, and Escape, close what lies on top; the page below stays as it was left.
 *
 * Where the browser does not tell of them (`CloseWatcher`), what is opened leaves a mark in the history: Back then leads
 * from the mark to the page itself, and that closes it. What is closed in another way leaves its mark behind (taking it
 * away would race with whoever leads on to another page), and whoever comes past it on the way back goes one step further.
 */
import { onScopeDispose, watch, type Ref } from 'vue'

interface Watcher {
  onclose: (() => void) | null
  destroy(): void
}

type Close = () => void

export function backCloses(open: Ref<boolean>): void {
  const CloseWatcher = (globalThis as { CloseWatcher?: new () => Watcher }).CloseWatcher
  const lay = CloseWatcher ? (close: Close) => watchedBy(new CloseWatcher(), close) : laidInHistory
  if (!CloseWatcher) listen()
  let away: Close | undefined
  const leave = (): void => {
    away?.()
    away = undefined
  }
  watch(open, (now) => {
    leave()
    if (now) away = lay(() => (open.value = false))
  }, { immediate: true })
  onScopeDispose(leave)
}

function watchedBy(watcher: Watcher, close: Close): Close {
  watcher.onclose = close
  return () => watcher.destroy()
}

/** An entry of the history, as the router writes it, and with our mark: the address that it was opened on. */
interface Entry {
  position?: number
  back?: string | null
  opened?: string
}

/** The one on top is the last. */
const lying: Close[] = []
let here: Entry = {}
let listening = false

const entry = (): Entry => (history.state as Entry | null) ?? {}

function laidInHistory(close: Close): Close {
  lying.push(close)
  mark()
  return () => {
    if (lying.includes(close)) lying.splice(lying.indexOf(close), 1)
  }
}

function mark(): void {
  if (entry().opened !== location.href) history.pushState({ ...entry(), opened: location.href }, '')
  here = entry()
}

function listen(): void {
  if (listening) return
  listening = true
  here = entry()
  // Before the router hears of it: it would lead to the page on which we are.
  addEventListener('popstate', arrive, { capture: true })
  addEventListener('keydown', ({ key }) => key === 'Escape' && lying.pop()?.())
}

function arrive(event: PopStateEvent): void {
  const from = here
  here = entry()
  if (from.opened === undefined || from.opened === here.opened || from.position !== here.position) return
  const close = lying.pop()
  if (close) {
    event.stopImmediatePropagation()
    close()
    if (lying.length) mark()
  } else if (typeof here.back === 'string') {
    event.stopImmediatePropagation()
    history.back()
  }
}
