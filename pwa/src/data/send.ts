/** Tells the server what was done and reads its verdict. Throws what `transport` throws when there is none. */
import { AdjustStock, OpenBusinessDay, RecordMovements, RecordSale } from './documents/writes.ts'
import { match } from './match.ts'
import type { AdjustInput, Fate, MovementsInput, OpenDayInput, Operation, Reason, SaleInput } from './operations.ts'
import { ask } from './transport.ts'

export async function send(operation: Operation): Promise<Fate> {
  const { deed, actorId } = operation
  switch (deed.kind) {
    case 'sale':
      return sendSale(deed.input, actorId)
    case 'return':
    case 'return-undone':
      return sendMovements(deed.input, actorId)
    case 'count':
    case 'correction':
      return sendAdjustment(deed.input, actorId)
    case 'open-day':
      return sendOpenDay(deed.input, actorId)
  }
}

async function sendSale(input: SaleInput, actorId: string): Promise<Fate> {
  const { recordSale } = await ask(RecordSale, { input }, actorId)
  return match(recordSale, {
    RecordSaleSuccess: (sale): Fate => ({
      state: 'accepted',
      belowZero: sale.lines.filter((line) => line.belowZero).map((line) => line.skuId),
      clockErrorSeconds: sale.clockErrorSeconds,
    }),
    InvalidInput: refused,
    NotFound: refused,
    NotPermitted: refused,
    RequestIdConflict: refused,
    ReservationClosed: refused,
  })
}

async function sendMovements(input: MovementsInput, actorId: string): Promise<Fate> {
  const { recordMovements } = await ask(RecordMovements, { input }, actorId)
  return match(recordMovements, {
    RecordMovementsSuccess: (done): Fate => {
      const problems = done.outcomes.flatMap((outcome) => outcome.problems)
      const [first] = problems
      if (done.refused === 0 || !first) return accepted()
      return { state: 'refused', reason: { ...first, problems } }
    },
    InvalidInput: refused,
    NotPermitted: refused,
    RequestIdConflict: refused,
  })
}

async function sendAdjustment(input: AdjustInput, actorId: string): Promise<Fate> {
  const { adjustStock } = await ask(AdjustStock, { input }, actorId)
  return match(adjustStock, {
    AdjustStockSuccess: ({ line }): Fate => ({ ...accepted(), belowZero: line.belowZero ? [line.skuId] : [] }),
    InvalidInput: refused,
    NotFound: refused,
    NotPermitted: refused,
    RequestIdConflict: refused,
    StockMoved: (moved): Fate => ({
      state: 'needs-you',
      reason: { ...reason(moved), moved: { expected: moved.expected, actual: moved.actual } },
    }),
  })
}

async function sendOpenDay(input: OpenDayInput, actorId: string): Promise<Fate> {
  const { openBusinessDay } = await ask(OpenBusinessDay, { input }, actorId)
  return match(openBusinessDay, {
    OpenBusinessDaySuccess: accepted,
    InvalidInput: refused,
    NotFound: refused,
    NotPermitted: refused,
    RequestIdConflict: refused,
  })
}

interface Refusal {
  code: string
  message: string
  messageZh: string
  problems?: Reason['problems']
}

function accepted(): Extract<Fate, { state: 'accepted' }> {
  return { state: 'accepted', belowZero: [], clockErrorSeconds: null }
}

function refused(refusal: Refusal): Fate {
  return { state: 'refused', reason: reason(refusal) }
}

function reason({ code, message, messageZh, problems = [] }: Refusal): Reason {
  return { code, message, messageZh, problems }
}
