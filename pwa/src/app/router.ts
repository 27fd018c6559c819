/** Every address of the app on one page. */
import { createRouter, createWebHistory, type RouteLocationRaw } from 'vue-router'
import { managesStores, may, sessionState } from '@/data/session.ts'

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/', redirect: () => (managesStores.value ? '/manager' : '/home') },
    { path: '/sign-in', component: () => import('@/features/identity/SignInPage.vue'), meta: { open: true } },
    { path: '/home', component: () => import('./ClerkHome.vue'), meta: { tab: 'home' } },
    { path: '/scan', component: () => import('@/features/lookup/LookupPage.vue'), meta: { tab: 'scan', scans: true } },
    { path: '/sale', component: () => import('@/features/sale/SalePage.vue'), meta: { scans: true } },
    { path: '/returns', component: () => import('@/features/returns/ReturnPage.vue'), meta: { scans: true } },
    { path: '/returns/inspect', component: () => import('@/features/returns/InspectPage.vue') },
    { path: '/stocktake', component: () => import('@/features/stocktakes/CountPage.vue'), meta: { scans: true } },
    { path: '/s/:token', component: () => import('@/features/stocktakes/CountPage.vue'), meta: { scans: true } },
    {
      path: '/stocktake/:stocktakeId',
      component: () => import('@/features/stocktakes/CountingPage.vue'),
      props: ({ params, query }) => ({ stocktakeId: params['stocktakeId'], shelf: query['shelf'], round: Number(query['round'] ?? 0), item: query['item'] }),
      meta: { scans: true },
    },
    { path: '/stocktake/:stocktakeId/check', component: () => import('@/features/stocktakes/CheckPage.vue'), props: true },
    { path: '/stocktake/:stocktakeId/result', component: () => import('@/features/stocktakes/ResultPage.vue'), props: true },
    { path: '/day', component: () => import('@/features/day/DayPage.vue') },
    { path: '/day/hand-over', component: () => import('@/features/day/HandOverPage.vue') },
    { path: '/tasks/:taskId', component: () => import('@/features/tasks/TaskPage.vue'), props: true },
    { path: '/help', component: () => import('@/features/help/HelpInboxPage.vue'), meta: { needs: 'help:answer' } },
    { path: '/day/stores', component: () => import('@/features/day/StoresDayPage.vue'), meta: { manages: true } },
    { path: '/checklists', component: () => import('@/features/checklists/ChecklistsPage.vue'), meta: { needs: 'checklist:design' } },
    { path: '/checklists/:checklistId', component: () => import('@/features/checklists/DesignPage.vue'), props: true, meta: { needs: 'checklist:design' } },
    { path: '/checklists/:checklistId/answers', component: () => import('@/features/checklists/AnswersPage.vue'), props: true, meta: { needs: 'checklist:design' } },
    { path: '/stock', component: () => import('@/features/stock/ShelfPage.vue') },
    {
      path: '/stores/:storeId/items/:skuId',
      component: () => import('@/features/movements/MovementsPage.vue'),
      props: true,
    },
    { path: '/me', component: () => import('@/features/me/MePage.vue'), meta: { tab: 'me' } },
    { path: '/switch', component: () => import('@/features/identity/SwitchPage.vue') },
    { path: '/me/devices', component: () => import('@/features/identity/DevicesPage.vue') },
    { path: '/me/security', component: () => import('@/features/identity/SecurityPage.vue') },
    { path: '/me/operations', component: () => import('@/features/me/OperationsPage.vue') },
    { path: '/people', component: () => import('@/features/people/PeoplePage.vue'), meta: { needs: 'person:read' } },
    { path: '/people/alarms', component: () => import('@/features/people/AlarmsPage.vue'), meta: { needs: 'person:read' } },
    { path: '/people/:personId', component: () => import('@/features/people/PersonPage.vue'), props: true, meta: { needs: 'person:read' } },
    { path: '/channels', component: () => import('@/features/channels/ChannelsPage.vue'), meta: { needs: 'client:manage' } },
    { path: '/shelves', component: () => import('@/features/shelves/ShelvesPage.vue'), meta: { needs: 'shelf:manage' } },
    { path: '/codes', component: () => import('@/features/shelves/CodesPage.vue'), meta: { needs: 'code:resolve' } },
    { path: '/log', component: () => import('@/features/log/LogPage.vue'), meta: { needs: 'audit:read' } },
    { path: '/manager/stocktakes', component: () => import('@/features/stocktakes/StocktakesPage.vue'), meta: { manages: true } },
    { path: '/manager', component: () => import('@/features/manager/ManagerPage.vue'), meta: { manages: true } },
    {
      path: '/manager/stores/:storeId',
      component: () => import('@/features/manager/StorePage.vue'),
      props: true,
      meta: { manages: true },
    },
    { path: '/:unknown(.*)*', redirect: '/' },
  ],
})

router.beforeEach((to): RouteLocationRaw | true => {
  const signedIn = sessionState.value === 'signed-in' || sessionState.value === 'expired'
  if (to.meta['open'] === true) return signedIn && sessionState.value !== 'expired' ? '/' : true
  const needed = to.meta['needs']
  if (signedIn && typeof needed === 'string' && !may(needed)) return '/'
  if (signedIn) return to.meta['manages'] === true && !managesStores.value ? '/home' : true
  const wanted = to.redirectedFrom?.fullPath ?? to.fullPath
  return { path: '/sign-in', query: wanted === '/' ? {} : { next: wanted } }
})
