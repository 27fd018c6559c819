/**
 * Hands that work faster than any clerk: the app's own data layer, for a story that does five hundred things.
 *
 * It is no part of the app. A story builds it and puts it beside the app into the page, where it writes to the same
 * outbox through the same functions as the screens do, as a second tab would.
 */
import { catalogue, openCatalogue } from '@/data/catalogue.ts'
import type { CatalogueItem } from '@/data/catalogue-item.ts'
import { count, openDay, operations, sell, startOutbox, takeBack, undo } from '@/data/deeds.ts'
import type { TakenBack } from '@/data/deeds/returns.ts'
import type { Operation } from '@/data/operations.ts'
import { myStore, startSession, workFor } from '@/data/session.ts'

interface Act {
  act: 'sell' | 'return' | 'count' | 'undo' | 'open-day'
  storeId: string
  lines: [skuId: string, quantity: number][]
  booked?: number
  /** Which act of the plan it takes back. */
  undoes?: number
  /** Which sale of the plan it comes from. */
  of?: number
  /** How long before the end of the shift it happens (ms). */
  before: number
}

let shift = 0
const wall = Date.now.bind(Date)
Date.now = () => wall() + shift

function item(skuId: string): CatalogueItem {
  const found = catalogue.value.get(skuId)
  if (!found) throw new Error(`no ${skuId} in the catalogue`)
  return found
}

/** As the counter has it, with a picture that nobody will ever bring; whatever it is, it never stands on the shelf again. */
function spoilt(sold: Operation | undefined): TakenBack {
  const photo = { id: crypto.randomUUID(), sha256: '0'.repeat(64), bytes: 1000, takenAt: new Date().toISOString() }
  return { reason: 'QUALITY', condition: 'UNSELLABLE', photos: [photo], saleReference: sold?.requestId ?? null }
}

async function perform(step: Act, done: readonly Operation[]): Promise<Operation> {
  const picks = step.lines.map(([skuId, quantity]) => ({ item: item(skuId), quantity }))
  const [first] = picks
  if (step.act === 'open-day') return openDay()
  if (!first) throw new Error('nothing to do it with')
  if (step.act === 'sell') return sell(picks, crypto.randomUUID())
  if (step.act === 'return') return takeBack(first, spoilt(done[step.of ?? -1]), 'QUARANTINE')
  if (step.act === 'count') return count(first.item, first.quantity, step.booked ?? 0)
  const wrong = done[step.undoes ?? -1]
  if (!wrong) throw new Error('nothing to undo')
  const before = new Set(operations.value.map(({ requestId }) => requestId))
  await undo(wrong)
  return operations.value.find(({ requestId }) => !before.has(requestId)) ?? wrong
}

/** Do it all, as if the hours passed from the first to the last; the request of each. */
async function work(plan: Act[]): Promise<string[]> {
  await Promise.all([startSession(), startOutbox()])
  const home = myStore.value?.id ?? ''
  await openCatalogue(home)
  const done: Operation[] = []
  for (const step of plan) {
    shift = (plan[0]?.before ?? 0) - step.before
    workFor(step.storeId)
    done.push(await perform(step, done))
  }
  shift = plan[0]?.before ?? 0
  workFor(home)
  return done.map(({ requestId }) => requestId)
}

Object.assign(globalThis, { work })
