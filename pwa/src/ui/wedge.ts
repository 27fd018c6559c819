/**
 * Hardware scanners type what they read and press Enter, faster than any hand.
 *
 * A burst of at least `SHORTEST` characters, none more than `FAST_MS` after the one
 * before, ended by Enter, is a scan wherever the focus is. A hand's typing is left alone.
 * A burst that began right after another key is the rest of a code that was held up: no code is made of a rest.
 */
const FAST_MS = 50
const TORN_MS = 250
const SHORTEST = 4

export interface Key {
  key: string
  at: number
}

export class WedgeReader {
  private burst = ''
  private torn = false
  private lastAt = -Infinity

  /** The scanned code when this key ends one. */
  read({ key, at }: Key): string | undefined {
    const gap = at - this.lastAt
    const fast = gap <= FAST_MS
    this.lastAt = at
    if (key === 'Enter') {
      const code = this.burst
      this.burst = ''
      return fast && !this.torn && code.length >= SHORTEST ? code : undefined
    }
    if (key.length !== 1) return undefined
    if (!fast) this.torn = this.burst !== '' && gap <= TORN_MS
    this.burst = fast ? this.burst + key : key
    return undefined
  }
}

/** A number that a hand types: what a scanner types into it meanwhile is taken out again. */
export class HandTyping {
  private burst = 0
  private lastAt = -Infinity
  private before: string | undefined

  /** What the number is after a key that made `next` of `now`. */
  held(at: number, now: string | undefined, next: string | undefined): string | undefined {
    const fast = at - this.lastAt <= FAST_MS
    this.lastAt = at
    this.burst = fast ? this.burst + 1 : 1
    if (!fast) this.before = now
    return this.burst < SHORTEST ? next : this.before
  }
}

/** Listen on the whole page. Returns how to stop. */
export function listenForScanner(scanned: (code: string) => void): () => void {
  const reader = new WedgeReader()
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const code = reader.read({ key: event.key, at: event.timeStamp })
    if (code === undefined) return
    event.preventDefault()
    event.stopPropagation()
    scanned(code)
  }
  addEventListener('keydown', onKey, { capture: true })
  return () => removeEventListener('keydown', onKey, { capture: true })
}
