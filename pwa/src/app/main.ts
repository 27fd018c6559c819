import './trusted.ts'
import 'vant/es/style/base.css'
import './theme.css'
import { createApp, watch } from 'vue'
import { breath } from '@/data/breath.ts'
import { keepCart } from '@/data/cart.ts'
import { followCatalogue } from '@/data/catalogue-following.ts'
import { watchConnection, serverHeard } from '@/data/connection.ts'
import { packSoon, startPacking } from '@/data/counts.ts'
import { isKept, sendWaiting, startOutbox } from '@/data/deeds.ts'
import { closeOwnStore, openOwnStore } from '@/data/own-store.ts'
import { goOnPaying } from '@/data/paying.ts'
import { sendPhotos, startPhotos } from '@/data/photos.ts'
import { keepPreferences } from '@/data/preferences.ts'
import { returnPolicy } from '@/data/returns.ts'
import { serverWasHeard } from '@/data/contact-limit.ts'
import { me, myStore, senderId, sessionEnded, sessionState, startSession } from '@/data/session.ts'
import { openSharedDevice, refreshSharedDevice, watchIdleness } from '@/data/shared-device.ts'
import { hindranceOf } from '@/data/storage.ts'
import { watchTransport } from '@/data/transport.ts'
import { speakOfFields } from '@/ui/own-words.ts'
import App from './App.vue'
import { page, startLanguage } from './language.ts'
import { applyLook } from './look.ts'
import { router } from './router.ts'
import { watchForUpdates } from './update.ts'

void start().catch(cannotStart)

async function start(): Promise<void> {
  applyLook()
  speakOfFields(document)
  keepPreferences()
  watchTransport({
    heard: (reached) => {
      serverHeard(reached)
      if (reached && me.value) serverWasHeard()
    },
    ended: sessionEnded,
    atWork: () => me.value?.id,
  })
  watchConnection()
  keepCart(() => me.value?.id)
  watchIdleness()
  openSharedDevice()

  await Promise.all([startLanguage(), startSession(), startOutbox(), startPhotos()])
  goOnPaying(isKept)
  watch([senderId, sessionState], () => {
    packSoon()
    sendWaiting()
    sendPhotos()
  })
  startPacking()
  const app = createApp(App).use(router)
  await breath()
  app.mount('#app')
  await breath()
  watch(
    () => (sessionState.value === 'signed-out' ? undefined : myStore.value?.id),
    (storeId) => {
      const catalogueTried = followCatalogue(storeId)
      if (storeId === undefined) return closeOwnStore()
      openOwnStore(storeId)
      // The return counter decides by its rules without a network, also on a phone that never opened it with one.
      void catalogueTried.then(returnPolicy)
    },
    { immediate: true },
  )
  await breath()
  void watchForUpdates()
  void refreshSharedDevice()
}

/** Nothing is begun that this device cannot keep; it says why, and what to do. */
async function cannotStart(error: unknown): Promise<void> {
  console.error(error)
  await startLanguage().catch(() => undefined)
  const { default: CannotStart } = await page(() => import('./CannotStart.vue'), 'start')()
  createApp(CannotStart, { why: hindranceOf(error) }).mount('#app')
}
