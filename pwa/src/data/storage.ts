/** Room on the device: asked to keep what we write, and watched, because a full phone can record nothing. */
const LOW_BYTES = 20 * 1024 * 1024
const LOW_SHARE = 0.05

/** A service worker's storage cannot be asked: only a page can. */
type Keeping = StorageManager & { persist?: () => Promise<boolean> }

/** Why this device keeps nothing for us: without that the app does not begin, because it would lose what is done. */
export type Hindrance = 'forbidden' | 'other-window' | 'newer' | 'full' | 'broken'

/** An older version of the app is open in another window and does not let go. */
export class HeldElsewhere extends Error {}

export function hindranceOf(error: unknown): Hindrance {
  const name = error instanceof Error ? error.name : ''
  if (typeof indexedDB === 'undefined' || name === 'SecurityError' || name === 'InvalidStateError') return 'forbidden'
  if (error instanceof HeldElsewhere) return 'other-window'
  if (name === 'VersionError') return 'newer'
  return isFull(error) ? 'full' : 'broken'
}

/** Nothing was kept: what was done is not done. */
export class DeviceFull extends Error {}

export function isFull(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError'
}

/** Ask the browser not to clear what we keep when the phone runs short. It may say no; then we are no worse off. */
export async function askToKeep(): Promise<boolean> {
  const storage: Keeping | undefined = typeof navigator === 'undefined' ? undefined : navigator.storage
  if (!storage?.persist) return false
  return (await storage.persisted()) || storage.persist()
}

/** Bytes that are left for us when they are few; undefined while there is room. */
export async function fewBytesLeft(): Promise<number | undefined> {
  if (typeof navigator === 'undefined' || !navigator.storage?.estimate) return undefined
  const { quota, usage } = await navigator.storage.estimate()
  return quota === undefined || usage === undefined ? undefined : fewOf(quota, usage)
}

export function fewOf(quota: number, usage: number): number | undefined {
  const left = Math.max(0, quota - usage)
  return left < Math.min(LOW_BYTES, quota * LOW_SHARE) ? left : undefined
}
