/** One line that says what just happened, with the way back. */
import { shallowReactive } from 'vue'

export interface Notice {
  text: string
  tone: 'done' | 'refused' | 'plain'
  action?: { label: string; run: () => void }
}

const SHOWN_MS = 5_000

export const snackbar = shallowReactive<{ notice: Notice | undefined }>({ notice: undefined })
let timer: ReturnType<typeof setTimeout> | undefined

export function say(notice: Notice): void {
  snackbar.notice = notice
  clearTimeout(timer)
  timer = setTimeout(hush, SHOWN_MS)
}

export function hush(): void {
  snackbar.notice = undefined
}
