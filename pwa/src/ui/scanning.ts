/** A camera that stays open on a page: what it sees, its light, and the screen that must not go dark meanwhile. */
import { onBeforeUnmount, ref, shallowRef, type Ref } from 'vue'
import { openCamera, type Camera } from './camera.ts'
import { ScanGuard } from './scan-guard.ts'

/** How long a counted code must stay in the picture before she is told that it counted once. */
const HELD_MS = 900
const HINT_MS = 1_600

export type CameraState = 'off' | 'starting' | 'on' | 'refused'

export interface Scanning {
  state: Ref<CameraState>
  /** A code that counted and still lies in the picture: shown, so that nobody waits for a second beep. */
  held: Ref<string>
  lit: Ref<boolean>
  /** Whether this camera has a light; a button for a light that is not there would be a lie. */
  hasTorch: Ref<boolean>
  start: (video: HTMLVideoElement) => Promise<void>
  stop: () => void
  light: () => Promise<void>
}

export function useScanning(scanned: (code: string) => void): Scanning {
  const state = ref<CameraState>('off')
  const held = ref('')
  const lit = ref(false)
  const hasTorch = ref(false)
  const guard = new ScanGuard()
  const running = shallowRef<Camera>()
  let awake: WakeLockSentinel | undefined
  let freshAt = -Infinity
  let hintTimer: ReturnType<typeof setTimeout> | undefined

  function seen(codes: readonly string[]): void {
    const now = performance.now()
    const look = guard.look(codes, now)
    if (!look) return
    if (look.fresh) {
      freshAt = now
      held.value = ''
      scanned(look.code)
    } else if (now - freshAt > HELD_MS) hint(look.code)
  }

  function hint(code: string): void {
    held.value = code
    clearTimeout(hintTimer)
    hintTimer = setTimeout(() => (held.value = ''), HINT_MS)
  }

  async function start(video: HTMLVideoElement): Promise<void> {
    if (state.value === 'on' || state.value === 'starting') return
    state.value = 'starting'
    try {
      const camera = await openCamera(video, seen)
      // She has left the page, or closed it again, while the phone asked for leave.
      if ((state.value as CameraState) !== 'starting') return camera.stop()
      running.value = camera
      hasTorch.value = camera.torch !== undefined
      state.value = 'on'
      awake = await navigator.wakeLock?.request('screen').catch(() => undefined)
    } catch {
      state.value = 'refused'
    }
  }

  function stop(): void {
    running.value?.stop()
    running.value = undefined
    void awake?.release()
    state.value = 'off'
    lit.value = false
    hasTorch.value = false
    held.value = ''
  }

  async function light(): Promise<void> {
    lit.value = !lit.value
    await running.value?.torch?.(lit.value)
  }

  onBeforeUnmount(() => {
    clearTimeout(hintTimer)
    stop()
  })
  return { state, held, lit, hasTorch, start, stop, light }
}
