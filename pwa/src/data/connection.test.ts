import { expect, test, vi } from 'vitest'
import { contact, serverHeard, watchConnection } from './connection.ts'

const socket = vi.hoisted(() => ({ connected: (_: boolean) => {}, pulse: () => {}, hungUp: () => {} }))
vi.mock('./live.ts', () => ({ watchLive: (watcher: typeof socket) => Object.assign(socket, watcher) }))
vi.stubGlobal('addEventListener', () => {})

test('a question without an answer is out of touch until the socket gives a sign of life', () => {
  watchConnection()
  socket.connected(true)
  expect(contact.value).toBe('live')

  serverHeard(false)
  expect(contact.value).toBe('offline')

  socket.pulse()
  expect(contact.value).toBe('live')
})

test('a socket that is gone is out of touch, whatever it said before', () => {
  socket.connected(true)
  socket.pulse()

  socket.connected(false)

  expect(contact.value).toBe('offline')
})
