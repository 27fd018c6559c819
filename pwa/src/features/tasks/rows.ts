/** What a task looks like in the list of the day, and where a tap on it leads: to the act itself. */
import { isOpen } from '@/data/tasks-here.ts'
import type { IconName } from '@/ui/icons.ts'
import type { StepKind } from '@/ui/steps.ts'

interface Told {
  id: string
  kind: string
  storeId: string
  state: string
  must: boolean
  isLate: boolean
  needs: readonly { kind: StepKind }[]
  sku: { id: string } | null
}

export interface Row {
  icon: IconName
  tone: 'urgent' | 'must' | ''
  path: string
}

const ICONS: Record<StepKind, IconName> = { TICK: 'check', NUMBER: 'keypad', TEXT: 'pencil', PHOTO: 'camera' }

export function rowOf(task: Told): Row {
  const tone = task.must && task.isLate ? 'urgent' : task.must ? 'must' : ''
  switch (task.kind) {
    case 'OPEN_DAY':
      return { icon: 'sun', tone, path: '/day' }
    case 'RESTOCK':
      return { icon: 'box', tone, path: `/restock/${task.sku?.id ?? ''}` }
    case 'REPAIR_DISCREPANCY':
      return { icon: 'warning', tone: 'urgent', path: `/stocktake?item=${task.sku?.id ?? ''}` }
    case 'COUNT':
      return { icon: 'clipboard', tone, path: `/stocktake?task=${task.id}` }
    default:
      return { icon: iconOf(task), tone, path: `/tasks/${task.id}` }
  }
}

function iconOf({ kind, needs }: Told): IconName {
  const kinds = new Set(needs.map((need) => need.kind))
  const [only] = kinds
  if (kind === 'DISPUTE') return 'warning'
  return only !== undefined && kinds.size === 1 ? ICONS[only] : 'list'
}

export interface Today<Task> {
  open: Task[]
  done: number
  all: number
}

/** What was missed or withdrawn is nobody's to do any more. */
export function todayOf<Task extends Told>(tasks: readonly Task[]): Today<Task> {
  const open = tasks.filter(isOpen)
  const done = tasks.filter(({ state }) => state === 'DONE').length
  return { open, done, all: open.length + done }
}
