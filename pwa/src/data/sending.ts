/** The one outbox of this device, as every tab and the service worker open it: the same rows, the same lock. */
import { pack } from './batch.ts'
import { clock } from './clock.ts'
import { clockKnown } from './clock-kept.ts'
import { database, readDevice, vault, writeDevice } from './database.ts'
import { Outbox, type OutboxWorld } from './outbox.ts'
import { send } from './send.ts'

/** While one tab proves who somebody is, no tab sends; whoever sends holds this lock. */
export const SENDING_LOCK = 'trueshelf.outbox'
/** What the browser calls when the network is back, also while the app is closed. */
export const SYNC_TAG = 'trueshelf.outbox'
const SENDER = 'sender'

type Own = Pick<OutboxWorld, 'actorId' | 'later' | 'changed'> & Partial<OutboxWorld>

export function openOutbox(own: Own): Outbox {
  return new Outbox({
    db: database,
    vault,
    pack,
    send,
    now: () => clock.now(),
    alone: async (work) => {
      await clockKnown()
      if (navigator.locks) await navigator.locks.request(SENDING_LOCK, work)
      else await work()
    },
    ...own,
  })
}

/** In whose name this device may send while no page is open; nobody's after a sign-out. */
export const noteSender = (personId: string | undefined): Promise<void> => writeDevice(SENDER, personId ?? null)
export const notedSender = async (): Promise<string | undefined> => (await readDevice<string | null>(SENDER)) ?? undefined
