/**
 * The operations of this device as its screens see them, the newest first.
 *
 * All of them are read once; afterwards only what somebody says has changed, so that a tap is as quick with five
 * thousand old ones as with none. Many changes in a row are read once.
 */
import type { Operation } from './operations.ts'

interface Source {
  all: () => Promise<Operation[]>
  some: (requestIds: readonly string[]) => Promise<Operation[]>
}

/** `settled` are those that waited before and have their verdict now. */
type Shown = (operations: readonly Operation[], settled: readonly Operation[]) => void

export class OperationList {
  private operations: readonly Operation[] = []
  private stale = new Set<string>()
  private staleAll = false
  private reading: Promise<void> | undefined

  constructor(
    private readonly source: Source,
    private readonly shown: Shown,
  ) {}

  /** Read these anew, and everything when nobody can say what changed. */
  read(requestIds?: readonly string[]): Promise<void> {
    if (requestIds) for (const requestId of requestIds) this.stale.add(requestId)
    else this.staleAll = true
    this.reading ??= this.readStale().finally(() => (this.reading = undefined))
    return this.reading
  }

  private async readStale(): Promise<void> {
    while (this.staleAll || this.stale.size) {
      const waited = new Set(this.operations.filter(({ state }) => state === 'waiting').map(({ requestId }) => requestId))
      const found = await this.next()
      this.shown(this.operations, found.filter(({ requestId, state }) => state !== 'waiting' && waited.has(requestId)))
    }
  }

  private async next(): Promise<Operation[]> {
    const [all, stale] = [this.staleAll, this.stale]
    this.staleAll = false
    this.stale = new Set()
    const found = await (all ? this.source.all() : this.source.some([...stale])).catch((error: unknown) => {
      // Nobody will say again what changed, so the next reading is of everything.
      this.staleAll = true
      throw error
    })
    const others = all ? [] : this.operations.filter(({ requestId }) => !stale.has(requestId))
    this.operations = [...found, ...others].sort((one, other) => (other.order ?? 0) - (one.order ?? 0))
    return found
  }
}
