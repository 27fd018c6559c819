/** A camera sees the same code fifteen times a second; one look is one scan. */
const SAME_CODE_MS = 1_200
/** Shorter than this, and it is glare or a shaking hand, not a code that has left the picture. */
const AWAY_MS = 450
const AWAY_LOOKS = 2

/** What a picture says about the code that is aimed at: a new scan, or one that has been counted and is still there. */
export type Look = { code: string; fresh: boolean }

interface Known {
  countedAt: number
  seenAt: number
  /** The number of the look that saw it last: a slow phone that missed it once has not seen it leave. */
  seenIn: number
  left: boolean
}

export class ScanGuard {
  private readonly known = new Map<string, Known>()
  private looks = 0

  /**
   * One picture: the code aimed at first, whatever else lies in it behind. A code counts again only when it
   * has left the picture and 1.2 s have gone by since it counted; the next bottle, held up sooner, counts then.
   */
  look(codes: readonly string[], now: number): Look | undefined {
    this.looks += 1
    for (const code of codes) this.note(code, now)
    const [code] = codes
    return code === undefined ? undefined : { code, fresh: this.admits(code, now) }
  }

  private note(code: string, now: number): void {
    const known = this.known.get(code)
    if (!known) return
    if (now - known.seenAt > AWAY_MS && this.looks - known.seenIn > AWAY_LOOKS) known.left = true
    known.seenAt = now
    known.seenIn = this.looks
  }

  private admits(code: string, now: number): boolean {
    const known = this.known.get(code)
    if (known && (!known.left || now - known.countedAt < SAME_CODE_MS)) return false
    this.known.set(code, { countedAt: now, seenAt: now, seenIn: this.looks, left: false })
    return true
  }
}
