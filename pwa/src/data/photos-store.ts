/**
 * The photos on this device: what is known of each, and its picture, sealed (see `vault`).
 *
 * A photo is here before anything else happens with it, and its picture goes when the server has it for good.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Sealed, Vault } from './vault.ts'

export interface DevicePhoto {
  id: string
  /** Whose it is: it goes out in that person's session only. */
  actorId: string
  sha256: string
  bytes: number
  takenAt: string
  state: 'waiting' | 'kept' | 'refused'
  /** Bytes that the server has. */
  sent: number
  /** Bytes that go in one piece, where the network was too slow for the largest. */
  piece?: number
  /** Why it was refused: the server's code, with its words. */
  problem?: { code: string; message: string; messageZh: string }
  /** When its state last changed (ms). */
  since: number
}

interface Tables extends DBSchema {
  photos: { key: string; value: DevicePhoto }
  pictures: { key: string; value: Sealed }
}

export type PhotoDatabase = IDBPDatabase<Tables>
type Sealer = Pick<Vault, 'sealBytes' | 'openBytes'>

/** `closed` is told when this connection cannot be used any more: it made way for a newer app, or the browser ended it. */
export function openPhotoDatabase(name: string, closed: () => void = () => {}): Promise<PhotoDatabase> {
  return openDB<Tables>(name, 1, {
    upgrade(db) {
      db.createObjectStore('photos', { keyPath: 'id' })
      db.createObjectStore('pictures')
    },
    blocking: (_current, _blocked, event) => {
      ;(event.target as IDBDatabase).close()
      closed()
    },
    terminated: closed,
  })
}

export class PhotoStore {
  private opened: Promise<PhotoDatabase> | undefined

  constructor(
    private readonly open: (closed: () => void) => Promise<PhotoDatabase>,
    private readonly sealer: Sealer,
  ) {}

  /** Returns when both are safely on this device; throws a `QuotaExceededError` when there is no room. */
  async add(photo: DevicePhoto, picture: ArrayBuffer): Promise<void> {
    const sealed = await this.sealer.sealBytes('deeds', nameOf(photo.id), picture)
    const work = (await this.db()).transaction(['photos', 'pictures'], 'readwrite', { durability: 'strict' })
    await Promise.all([work.objectStore('photos').put(photo), work.objectStore('pictures').put(sealed, photo.id), work.done])
  }

  async all(): Promise<DevicePhoto[]> {
    return (await this.db()).getAll('photos')
  }

  /** Undefined when it is here no more, or when nobody can open it any more. */
  async picture(id: string): Promise<ArrayBuffer | undefined> {
    const sealed = await (await this.db()).get('pictures', id)
    return sealed && this.sealer.openBytes('deeds', nameOf(id), sealed)
  }

  /** Nothing happens to one that was forgotten meanwhile. */
  async change(id: string, change: Partial<DevicePhoto>): Promise<void> {
    const work = (await this.db()).transaction(['photos', 'pictures'], 'readwrite')
    const photos = work.objectStore('photos')
    const kept = await photos.get(id)
    if (kept) await photos.put({ ...kept, ...change })
    if (change.state === 'kept') await work.objectStore('pictures').delete(id)
    await work.done
  }

  async forget(ids: string[]): Promise<void> {
    const work = (await this.db()).transaction(['photos', 'pictures'], 'readwrite')
    await Promise.all([
      ...ids.flatMap((id) => [work.objectStore('photos').delete(id), work.objectStore('pictures').delete(id)]),
      work.done,
    ])
  }

  private db(): Promise<PhotoDatabase> {
    this.opened ??= this.open(() => (this.opened = undefined)).catch((error: unknown) => {
      this.opened = undefined
      throw error
    })
    return this.opened
  }
}

function nameOf(id: string): string {
  return `photo ${id}`
}
