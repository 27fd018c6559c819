/**
 * What lies on the device lies there encrypted: AES-GCM under keys that no script can read out of the browser.
 *
 * There are two compartments, because they end at different times. The key of the `readings` (goods, stock, tasks,
 * who is signed in) is destroyed with the session, and then whatever is left of them on the disk is noise. The key
 * of the `deeds` (what was done and not yet sent, with its photos) outlives the session until the server has decided.
 * Each sealed thing is bound to its name, so that nobody can put one in the place of another.
 *
 * It protects what was deleted, and copies of single values. It does not protect a phone that is unlocked in a
 * stranger's hand, nor one whose whole disk is read while the session lasts: the browser keeps the key beside the data.
 * On a page without TLS the browser offers no cipher at all: there, and only there, things lie in the clear.
 */
export type Compartment = 'readings' | 'deeds'

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>
  data: ArrayBuffer
}

/** Where the keys lie: a store that takes a `CryptoKey` as it is. */
export interface KeyShelf {
  read: (compartment: Compartment) => Promise<CryptoKey | undefined>
  /** Keeps the first key that is offered, and returns the one that is kept. */
  offer: (compartment: Compartment, key: CryptoKey) => Promise<CryptoKey>
  destroy: (compartment: Compartment) => Promise<void>
}

const CIPHER = 'AES-GCM'
const IV_BYTES = 12
const encoder = new TextEncoder()
const decoder = new TextDecoder()

export class Vault {
  private readonly known = new Map<Compartment, Promise<CryptoKey>>()

  constructor(private readonly shelf: KeyShelf) {}

  async seal(compartment: Compartment, name: string, value: unknown): Promise<Sealed> {
    return this.sealBytes(compartment, name, encoder.encode(JSON.stringify(value)))
  }

  /** Undefined when its key is gone, when it is damaged, or when it was sealed under another name. */
  async open<Value>(compartment: Compartment, name: string, sealed: Sealed): Promise<Value | undefined> {
    const bytes = await this.openBytes(compartment, name, sealed)
    try {
      return bytes && (JSON.parse(decoder.decode(bytes)) as Value)
    } catch {
      return undefined
    }
  }

  async sealBytes(compartment: Compartment, name: string, bytes: BufferSource): Promise<Sealed> {
    if (!hasCipher()) return { iv: new Uint8Array(0), data: new Uint8Array(ArrayBuffer.isView(bytes) ? bytes.buffer : bytes).slice().buffer }
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
    const data = await crypto.subtle.encrypt(cipher(name, iv), await this.key(compartment), bytes)
    return { iv, data }
  }

  async openBytes(compartment: Compartment, name: string, sealed: Sealed): Promise<ArrayBuffer | undefined> {
    if (sealed.iv.length === 0) return hasCipher() ? undefined : sealed.data
    if (!hasCipher()) return undefined
    const key = await this.key(compartment)
    try {
      return await crypto.subtle.decrypt(cipher(name, sealed.iv), key, sealed.data)
    } catch {
      return this.openAfresh(compartment, name, sealed, key)
    }
  }

  /** Nobody opens what was sealed in it any more. */
  async destroy(compartment: Compartment): Promise<void> {
    this.forget(compartment)
    await this.shelf.destroy(compartment)
  }

  /** Somebody else has destroyed it. */
  forget(compartment: Compartment): void {
    this.known.delete(compartment)
  }

  /** Another tab may have destroyed the key that we remember and made a new one. */
  private async openAfresh(compartment: Compartment, name: string, sealed: Sealed, tried: CryptoKey): Promise<ArrayBuffer | undefined> {
    const key = await this.shelf.read(compartment)
    if (!key || key === tried) return undefined
    this.known.set(compartment, Promise.resolve(key))
    return crypto.subtle.decrypt(cipher(name, sealed.iv), key, sealed.data).catch(() => undefined)
  }

  private key(compartment: Compartment): Promise<CryptoKey> {
    const known = this.known.get(compartment) ?? this.readOrMake(compartment)
    this.known.set(compartment, known)
    known.catch(() => this.known.delete(compartment))
    return known
  }

  private async readOrMake(compartment: Compartment): Promise<CryptoKey> {
    const kept = await this.shelf.read(compartment)
    if (kept) return kept
    const fresh = await crypto.subtle.generateKey({ name: CIPHER, length: 256 }, false, ['encrypt', 'decrypt'])
    return this.shelf.offer(compartment, fresh)
  }
}

/** Absent on a page without TLS, whatever the types say. */
function hasCipher(): boolean {
  return 'subtle' in crypto && crypto.subtle !== undefined
}

function cipher(name: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: CIPHER, iv, additionalData: encoder.encode(name) }
}

export function isSealed(value: unknown): value is Sealed {
  return typeof value === 'object' && value !== null && 'iv' in value && 'data' in value
}
