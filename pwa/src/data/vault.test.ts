import { expect, test, vi } from 'vitest'
import { Vault, type Compartment } from './vault.ts'

/** A device's keys, that several tabs share. */
function shelf(): { keys: Map<Compartment, CryptoKey>; open: () => Vault } {
  const keys = new Map<Compartment, CryptoKey>()
  const open = (): Vault =>
    new Vault({
      read: async (compartment) => keys.get(compartment),
      offer: async (compartment, key) => keys.get(compartment) ?? (keys.set(compartment, key), key),
      destroy: async (compartment) => void keys.delete(compartment),
    })
  return { keys, open }
}

const text = (bytes: ArrayBuffer): string => new TextDecoder().decode(bytes)

test('what is sealed says nothing, and opens again', async () => {
  const vault = shelf().open()
  const sealed = await vault.seal('readings', 'note tasks', { what: 'count the tea' })

  expect(text(sealed.data)).not.toContain('tea')
  expect(await vault.open('readings', 'note tasks', sealed)).toEqual({ what: 'count the tea' })
})

test('no script can take the key away', async () => {
  const { keys, open } = shelf()
  await open().seal('deeds', 'sale', 1)

  await expect(crypto.subtle.exportKey('raw', keys.get('deeds') as CryptoKey)).rejects.toThrow()
})

test('one sealed thing cannot take the place of another, nor be changed', async () => {
  const vault = shelf().open()
  const sealed = await vault.seal('deeds', 'first', { pieces: 1 })
  const changed = new Uint8Array(sealed.data.slice(0))
  changed[0] = (changed[0] ?? 0) ^ 1

  expect(await vault.open('deeds', 'second', sealed)).toBeUndefined()
  expect(await vault.open('readings', 'first', sealed)).toBeUndefined()
  expect(await vault.open('deeds', 'first', { ...sealed, data: changed.buffer })).toBeUndefined()
})

test('when the key of the readings is destroyed, they are noise; what was done still opens', async () => {
  const { open } = shelf()
  const vault = open()
  const reading = await vault.seal('readings', 'note', 'price')
  const deed = await vault.seal('deeds', 'sale', 'sold')

  await vault.destroy('readings')

  expect(await vault.open('readings', 'note', reading)).toBeUndefined()
  expect(await vault.open('deeds', 'sale', deed)).toBe('sold')
})

test('two tabs that begin at once use one key', async () => {
  const { open } = shelf()
  const [one, other] = [open(), open()]
  const [first, second] = await Promise.all([one.seal('deeds', 'a', 1), other.seal('deeds', 'b', 2)])

  expect([await other.open('deeds', 'a', first), await one.open('deeds', 'b', second)]).toEqual([1, 2])
})

test('a tab that remembers an old key reads what a new one has sealed', async () => {
  const { open } = shelf()
  const [one, other] = [open(), open()]
  await one.seal('readings', 'note', 'old')
  await other.destroy('readings')
  const fresh = await other.seal('readings', 'note', 'new')

  expect(await one.open('readings', 'note', fresh)).toBe('new')
})

test('pictures are sealed as they are', async () => {
  const vault = shelf().open()
  const bytes = new Uint8Array([137, 80, 78, 71]).subarray(1)
  const sealed = await vault.sealBytes('deeds', 'photo', bytes)

  expect(new Uint8Array((await vault.openBytes('deeds', 'photo', sealed)) as ArrayBuffer)).toEqual(bytes)
})

test('a page without a cipher keeps what was done, in the clear', async () => {
  const vault = shelf().open()
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
  const sealed = await vault.seal('deeds', 'sale', 'sold')
  const opened = await vault.open('deeds', 'sale', sealed)
  vi.unstubAllGlobals()

  expect(opened).toBe('sold')
  expect(await vault.open('deeds', 'sale', sealed), 'a page with one does not trust it').toBeUndefined()
})

test('a page without a cipher opens nothing that was sealed, and says so instead of failing', async () => {
  const keys = shelf()
  const sealed = await keys.open().seal('deeds', 'sale', 'sold')
  vi.stubGlobal('crypto', {})
  const opened = await shelf().open().open('deeds', 'sale', sealed)
  vi.unstubAllGlobals()

  expect(opened).toBeUndefined()
})

test('what lay in the clear and is damaged is as unreadable as what was sealed', async () => {
  vi.stubGlobal('crypto', {})
  const opened = await shelf().open().open('deeds', 'sale', { iv: new Uint8Array(0), data: new Uint8Array([123]).buffer })
  vi.unstubAllGlobals()

  expect(opened).toBeUndefined()
})

test('a tab that hears of it seals nothing more under a key that another has destroyed', async () => {
  const { open } = shelf()
  const [one, other] = [open(), open()]
  await one.seal('readings', 'note', 'old')
  await other.destroy('readings')

  one.forget('readings')
  const fresh = await one.seal('readings', 'note', 'new')

  expect(await open().open('readings', 'note', fresh)).toBe('new')
})
