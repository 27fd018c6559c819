/**
 * Which words travel with which pages.
 *
 * The first pages find theirs at once. What only some pages say comes with the first of them, in the language in use,
 * and in another one when somebody switches to it. The service worker keeps all of them.
 */
import type { Language } from '@/data/preferences.ts'
import type { Words } from '@/ui/language.ts'

type Load = () => Promise<{ default: Words }>

export type Area = 'checklists' | 'goods' | 'identity' | 'office' | 'offline' | 'returns' | 'start' | 'stocktakes' | 'tasks'

export const AREAS: Record<Area, Record<Language, Load>> = {
  checklists: { 'zh-CN': () => import('./checklists.zh-CN.ts'), en: () => import('./checklists.en.ts') },
  goods: { 'zh-CN': () => import('./goods.zh-CN.ts'), en: () => import('./goods.en.ts') },
  identity: { 'zh-CN': () => import('./identity.zh-CN.ts'), en: () => import('./identity.en.ts') },
  office: { 'zh-CN': () => import('./office.zh-CN.ts'), en: () => import('./office.en.ts') },
  offline: { 'zh-CN': () => import('./offline.zh-CN.ts'), en: () => import('./offline.en.ts') },
  returns: { 'zh-CN': () => import('./returns.zh-CN.ts'), en: () => import('./returns.en.ts') },
  start: { 'zh-CN': () => import('./start.zh-CN.ts'), en: () => import('./start.en.ts') },
  stocktakes: { 'zh-CN': () => import('./stocktakes.zh-CN.ts'), en: () => import('./stocktakes.en.ts') },
  tasks: { 'zh-CN': () => import('./tasks.zh-CN.ts'), en: () => import('./tasks.en.ts') },
}
