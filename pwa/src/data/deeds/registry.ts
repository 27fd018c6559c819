/**
 * Every kind of deed that this app knows, by its name.
 *
 * A new kind is a line in `Deed` and a line in `KINDS`: the compiler asks for both. A name stays for ever, and so does
 * the meaning of what it stored: a phone may come back after weeks with deeds that an older app wrote.
 */
import { correction, counted, type CorrectionDeed, type CountDeed } from './counts.ts'
import {
  clockedIn,
  clockedOut,
  dayOpened,
  handedOver,
  handOverConfirmed,
  type ClockInDeed,
  type ClockOutDeed,
  type ConfirmHandOverDeed,
  type HandOverDeed,
  type OpenDayDeed,
} from './day.ts'
import type { Kind } from './deed.ts'
import { helpAsked, type AskHelpDeed } from './help.ts'
import {
  goodsReturn,
  goodsReturnCancelled,
  inspection,
  returned,
  returnUndone,
  type GoodsReturnCancelledDeed,
  type GoodsReturnDeed,
  type InspectionDeed,
  type ReturnDeed,
  type ReturnUndoneDeed,
} from './returns.ts'
import { photoRetaken, type RetakePhotoDeed } from './photos.ts'
import { sale, type SaleDeed } from './sales.ts'
import {
  countLines,
  countSettle,
  stocktakeCancel,
  stocktakeConfirm,
  stocktakeStart,
  type CountLinesDeed,
  type CountSettledDeed,
  type StocktakeCancelDeed,
  type StocktakeConfirmDeed,
  type StocktakeStartDeed,
} from './stocktakes.ts'
import {
  restocked,
  taskCompleted,
  taskLeft,
  taskTaken,
  type CompleteTaskDeed,
  type LeaveTaskDeed,
  type RestockDeed,
  type TakeTaskDeed,
} from './tasks.ts'

export type Deed =
  | SaleDeed
  | ReturnDeed
  | ReturnUndoneDeed
  | GoodsReturnDeed
  | GoodsReturnCancelledDeed
  | InspectionDeed
  | CountDeed
  | CorrectionDeed
  | OpenDayDeed
  | ClockInDeed
  | ClockOutDeed
  | HandOverDeed
  | ConfirmHandOverDeed
  | AskHelpDeed
  | RetakePhotoDeed
  | CompleteTaskDeed
  | TakeTaskDeed
  | LeaveTaskDeed
  | RestockDeed
  | StocktakeStartDeed
  | CountLinesDeed
  | CountSettledDeed
  | StocktakeConfirmDeed
  | StocktakeCancelDeed

const KINDS: { [Name in Deed['kind']]: Kind<Extract<Deed, { kind: Name }>> } = {
  sale,
  return: returned,
  'return-undone': returnUndone,
  'goods-return': goodsReturn,
  'goods-return-cancelled': goodsReturnCancelled,
  inspection,
  count: counted,
  correction,
  'open-day': dayOpened,
  'clock-in': clockedIn,
  'clock-out': clockedOut,
  'hand-over': handedOver,
  'confirm-hand-over': handOverConfirmed,
  'ask-help': helpAsked,
  'retake-photo': photoRetaken,
  'complete-task': taskCompleted,
  'take-task': taskTaken,
  'leave-task': taskLeft,
  restock: restocked,
  'stocktake-start': stocktakeStart,
  'count-lines': countLines,
  'count-settle': countSettle,
  'stocktake-confirm': stocktakeConfirm,
  'stocktake-cancel': stocktakeCancel,
}

/** Undefined for what a newer app wrote: it is shown and kept, and this one does not touch it. */
export function kindOf(deed: Deed): Kind<Deed> | undefined {
  return KINDS[deed.kind] as Kind<Deed> | undefined
}
