/** Keeps the catalogue of the own store fresh: what did not come is asked for again until it has. */
import { watch } from 'vue'
import { openCatalogue } from './catalogue.ts'
import { contact } from './connection.ts'

const AGAIN_MS = 30_000

let wanted: string | undefined
let timer: ReturnType<typeof setTimeout> | undefined
let watched = false

/** Returns when it is here, or when the first attempt failed. Undefined when nobody works here now. */
export async function followCatalogue(storeId: string | undefined): Promise<void> {
  wanted = storeId
  clearTimeout(timer)
  timer = undefined
  watchContact()
  try {
    await openCatalogue(storeId)
  } catch {
    if (wanted === storeId) timer = setTimeout(() => void followCatalogue(wanted), AGAIN_MS)
  }
}

/** The network is back: what is missing is not waited for any longer. */
function watchContact(): void {
  if (watched) return
  watched = true
  watch(contact, (now) => {
    if (now === 'live' && timer !== undefined) void followCatalogue(wanted)
  })
}
