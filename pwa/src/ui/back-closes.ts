/** The phone's Back, and Escape, close what lies on top; the page below stays as it was left. */
import { onScopeDispose, watch, type Ref } from 'vue'

interface Watcher {
  onclose: (() => void) | null
  destroy(): void
}

export function backCloses(open: Ref<boolean>): void {
  const CloseWatcher = (globalThis as { CloseWatcher?: new () => Watcher }).CloseWatcher
  if (!CloseWatcher) return
  let watcher: Watcher | undefined
  const leave = (): void => {
    watcher?.destroy()
    watcher = undefined
  }
  watch(open, (now) => {
    leave()
    if (!now) return
    watcher = new CloseWatcher()
    watcher.onclose = () => (open.value = false)
  }, { immediate: true })
  onScopeDispose(leave)
}
