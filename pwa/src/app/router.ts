/** Every address of the app on one page. */
import { createRouter, createWebHistory, START_LOCATION, type RouteLocationRaw } from 'vue-router'
import { may, sessionState } from '@/data/session.ts'
import { t } from '@/ui/language.ts'
import { say } from '@/ui/snackbar.ts'
import ClerkHome from './ClerkHome.vue'
import { page } from './language.ts'

export const router = createRouter({
  history: createWebHistory(),
  // The first page stands at its top; to scroll there would have it laid out twice.
  scrollBehavior: (_to, from, saved) => saved ?? (from !== START_LOCATION && { top: 0 }),
  routes: [
    { path: '/', redirect: () => (may('insight:read') ? '/manager' : '/home') },
    { path: '/sign-in', component: page(() => import('@/features/identity/SignInPage.vue'), 'identity'), meta: { open: true } },
    // The three buttons are of those who work in a shop.
    { path: '/home', component: ClerkHome, meta: { tab: 'home' }, beforeEnter: () => may('day:work') || !may('insight:read') || '/manager' },
    { path: '/scan', component: page(() => import('@/features/lookup/LookupPage.vue'), 'goods'), meta: { tab: 'scan', scans: true } },
    { path: '/sale', component: page(() => import('@/features/sale/SalePage.vue'), 'goods'), meta: { needs: 'sale:record', scans: true } },
    { path: '/receipts/:requestId', component: page(() => import('@/features/sale/ReceiptPage.vue'), 'goods'), props: true },
    { path: '/returns', component: page(() => import('@/features/returns/ReturnPage.vue'), 'goods', 'returns'), meta: { needs: 'return:record', scans: true } },
    { path: '/returns/inspect', component: page(() => import('@/features/returns/InspectPage.vue'), 'returns'), meta: { needs: 'return:inspect' } },
    { path: '/stocktake', component: page(() => import('@/features/stocktakes/CountPage.vue'), 'goods', 'stocktakes'), meta: { needs: 'count:record', scans: true } },
    { path: '/s/:token', component: page(() => import('@/features/stocktakes/CountPage.vue'), 'goods', 'stocktakes'), meta: { needs: 'count:record', scans: true } },
    {
      path: '/stocktake/:stocktakeId',
      component: page(() => import('@/features/stocktakes/CountingPage.vue'), 'goods', 'stocktakes'),
      props: ({ params, query }) => ({ stocktakeId: params['stocktakeId'], shelf: query['shelf'], round: Number(query['round'] ?? 0), item: query['item'] }),
      meta: { scans: true },
    },
    { path: '/stocktake/:stocktakeId/check', component: page(() => import('@/features/stocktakes/CheckPage.vue'), 'identity', 'stocktakes'), props: true },
    { path: '/stocktake/:stocktakeId/result', component: page(() => import('@/features/stocktakes/ResultPage.vue'), 'identity', 'stocktakes'), props: true },
    { path: '/day', component: page(() => import('@/features/day/DayPage.vue'), 'tasks'), meta: { needs: 'day:work' } },
    { path: '/day/hand-over', component: page(() => import('@/features/day/HandOverPage.vue'), 'tasks'), meta: { needs: 'day:work' } },
    { path: '/day/hand-overs/:storeId/:id', component: page(() => import('@/features/day/HandedOverPage.vue'), 'identity', 'tasks'), props: true },
    { path: '/tasks/:taskId', component: page(() => import('@/features/tasks/TaskPage.vue'), 'checklists', 'tasks'), props: true, meta: { needs: 'team:read' } },
    { path: '/restock/:skuId', component: page(() => import('@/features/tasks/RestockPage.vue'), 'tasks'), props: true, meta: { needs: 'task:do' } },
    { path: '/day/assign', component: page(() => import('@/features/tasks/AssignPage.vue'), 'identity', 'tasks'), meta: { needs: 'task:assign' } },
    { path: '/day/credits', component: page(() => import('@/features/tasks/CreditsPage.vue'), 'identity', 'tasks'), meta: { needs: 'task:do' } },
    { path: '/help', component: page(() => import('@/features/help/HelpInboxPage.vue'), 'identity', 'tasks'), meta: { needs: 'help:stand_in' } },
    { path: '/day/stores', component: page(() => import('@/features/day/StoresDayPage.vue'), 'identity', 'tasks'), meta: { needs: 'work:read' } },
    { path: '/checklists', component: page(() => import('@/features/checklists/ChecklistsPage.vue'), 'checklists', 'identity'), meta: { needs: 'checklist:design' } },
    { path: '/checklists/:checklistId', component: page(() => import('@/features/checklists/DesignPage.vue'), 'checklists', 'identity'), props: true, meta: { needs: 'checklist:design' } },
    { path: '/checklists/:checklistId/answers', component: page(() => import('@/features/checklists/AnswersPage.vue'), 'checklists', 'identity'), props: true, meta: { needs: 'checklist:design' } },
    { path: '/stock', component: page(() => import('@/features/stock/ShelfPage.vue'), 'goods') },
    {
      path: '/stores/:storeId/items/:skuId',
      component: page(() => import('@/features/movements/MovementsPage.vue'), 'goods'),
      props: true,
    },
    { path: '/me', component: page(() => import('@/features/me/MePage.vue'), 'checklists', 'identity', 'office', 'tasks'), meta: { tab: 'me' } },
    { path: '/switch', component: page(() => import('@/features/identity/SwitchPage.vue'), 'identity') },
    { path: '/me/devices', component: page(() => import('@/features/identity/DevicesPage.vue'), 'identity') },
    { path: '/me/data', component: page(() => import('@/features/identity/MyDataPage.vue'), 'identity') },
    { path: '/me/security', component: page(() => import('@/features/identity/SecurityPage.vue'), 'identity') },
    { path: '/me/operations', component: page(() => import('@/features/me/OperationsPage.vue'), 'goods', 'identity', 'offline', 'returns', 'stocktakes') },
    { path: '/people', component: page(() => import('@/features/people/PeoplePage.vue'), 'identity', 'office'), meta: { needs: 'person:read' } },
    { path: '/people/alarms', component: page(() => import('@/features/people/AlarmsPage.vue'), 'identity', 'office'), meta: { needs: 'person:read' } },
    { path: '/people/:personId', component: page(() => import('@/features/people/PersonPage.vue'), 'identity', 'office'), props: true, meta: { needs: 'person:read' } },
    { path: '/channels', component: page(() => import('@/features/channels/ChannelsPage.vue'), 'identity', 'office'), meta: { needs: 'client:manage' } },
    { path: '/shelves', component: page(() => import('@/features/shelves/ShelvesPage.vue'), 'identity', 'office'), meta: { needs: 'shelf:manage' } },
    {
      path: '/shelves/:storeId/:shelfId',
      component: page(() => import('@/features/shelves/ShelfGoodsPage.vue'), 'goods', 'identity', 'office'),
      props: true,
      meta: { needs: 'shelf:manage', scans: true },
    },
    { path: '/scales', component: page(() => import('@/features/shelves/ScalesPage.vue'), 'goods', 'identity', 'office'), meta: { needs: 'code:resolve', scans: true } },
    { path: '/rules', component: page(() => import('@/features/rules/RulesPage.vue'), 'identity', 'office', 'returns'), meta: { needs: 'return:rule' } },
    { path: '/codes', component: page(() => import('@/features/shelves/CodesPage.vue'), 'identity', 'office'), meta: { needs: 'code:resolve' } },
    { path: '/log', component: page(() => import('@/features/log/LogPage.vue'), 'identity', 'office'), meta: { needs: 'audit:read' } },
    { path: '/manager/returns', component: page(() => import('@/features/returns/FiguresPage.vue'), 'identity', 'returns'), meta: { needs: 'work:read' } },
    { path: '/manager/stocktakes', component: page(() => import('@/features/stocktakes/StocktakesPage.vue'), 'identity', 'stocktakes'), meta: { needs: 'work:read' } },
    { path: '/manager', component: page(() => import('@/features/manager/ManagerPage.vue'), 'goods', 'office', 'stocktakes'), meta: { needs: 'insight:read' } },
    {
      path: '/manager/stores/:storeId',
      component: page(() => import('@/features/manager/StorePage.vue'), 'goods', 'office', 'tasks'),
      props: true,
      meta: { needs: 'insight:read' },
    },
    { path: '/manager/stores/:storeId/place', component: page(() => import('@/features/manager/PlacePage.vue'), 'identity', 'tasks'), props: true, meta: { needs: 'store:place' } },
    { path: '/:unknown(.*)*', redirect: '/' },
  ],
})

router.beforeEach((to): RouteLocationRaw | true => {
  const signedIn = sessionState.value === 'signed-in' || sessionState.value === 'expired'
  if (to.meta['open'] === true) return signedIn && sessionState.value !== 'expired' ? '/' : true
  const needed = to.meta['needs']
  if (signedIn) return typeof needed !== 'string' || may(needed) || '/'
  const wanted = to.redirectedFrom?.fullPath ?? to.fullPath
  return { path: '/sign-in', query: wanted === '/' ? {} : { next: wanted } }
})

// A page that does not arrive: the network is gone, or an update has taken its file away and the newer app has it.
router.onError((error, to) => {
  console.error(error)
  say({ text: t('common.noPage'), tone: 'refused', action: { label: t('common.retry'), run: () => location.assign(to.fullPath) } })
})
