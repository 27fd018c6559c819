/** A camera sees the same code twenty times a second; one look is one scan. */
const SAME_CODE_MS = 1_500

export class ScanGuard {
  private last = ''
  private seenAt = -Infinity

  /** True for a new scan. Holding the code in view keeps it one scan; showing it again later is another. */
  admits(code: string, now: number): boolean {
    const fresh = code !== this.last || now - this.seenAt > SAME_CODE_MS
    this.last = code
    this.seenAt = now
    return fresh
  }
}
