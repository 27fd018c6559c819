/**
 * Where this device was a moment ago, said with every act (who, when, where). No act waits for it, and nobody is asked:
 * it is known only where the person has let the app know it, as she does when she comes to work.
 */
import { whereAmI } from './place.ts'

interface Point {
  latitude: number
  longitude: number
}

const GOOD_FOR_MS = 15 * 60_000
const AGAIN_AFTER_MS = 60_000
/** A device that knows only its town would put everybody far from the shop. */
const OFF_AT_MOST_M = 500

let last: { point: Point; at: number } | undefined
let lookedAt: number | undefined

/** Nothing where nobody knows, or not any more. Looks anew for the next act. */
export function placeKnown(): Point | undefined {
  void lookAround()
  return last && isWithin(last.at, GOOD_FOR_MS) ? last.point : undefined
}

/** Find out for the acts to come; does nothing without leave, and not all the time. */
export async function lookAround(): Promise<void> {
  if (lookedAt !== undefined && isWithin(lookedAt, AGAIN_AFTER_MS)) return
  lookedAt = Date.now()
  if (!(await mayKnow())) {
    lookedAt = undefined
    return
  }
  const found = await whereAmI()
  if (typeof found !== 'object' || found.accuracy > OFF_AT_MOST_M) return
  last = { point: { latitude: found.latitude, longitude: found.longitude }, at: Date.now() }
}

/** A clock that was put back makes everything old. */
function isWithin(since: number, ms: number): boolean {
  const age = Date.now() - since
  return age >= 0 && age < ms
}

async function mayKnow(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'geolocation' })).state === 'granted'
  } catch {
    return false
  }
}
