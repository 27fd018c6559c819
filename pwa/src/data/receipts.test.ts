import { describe, expect, it } from 'vitest'
import { isReceipt, receiptOf, tidyReceipt, unbroken } from './receipts.ts'

describe('a receipt is known by its looks', () => {
  it.each(['P1122-0A1B2C', 'p1122-0a1b2c', 'POS01-1A2B3C4D', 'T1-0000', '0193a5c0-0000-7000-8000-000000000001'])('%s', (text) => expect(isReceipt(text)).toBe(true))
  it.each(['6901234567892', '可乐500ml', 'coca-cola', 'mlnl', 'P1122', 'P1122-', '1-2', ''])('%s is none', (text) => expect(isReceipt(text)).toBe(false))
  it('is one of those that our phones write', () => expect(isReceipt(receiptOf('0193a5c0-0000-7000-8000-0000000abcde', '2026-11-22T03:00:00Z'))).toBe(true))
})

describe('a receipt is written as it was printed', () => {
  it('large, where a phone has made it', () => expect(tidyReceipt('p1122-0a1b2c')).toBe('P1122-0A1B2C'))
  it('as it is, where a till has', () => expect(tidyReceipt('t1-0a1b')).toBe('t1-0a1b'))
  it.each(['P1122\u20110A1B2C', 'p1122\u20130a1b2c', 'Ｐ１１２２－０Ａ１Ｂ２Ｃ', 'P1122—0A1B2C'])('with the hyphen that was meant: %s', (text) => {
    expect(isReceipt(text)).toBe(true)
    expect(tidyReceipt(text)).toBe('P1122-0A1B2C')
  })
  it('as one reads what was written in one piece', () => expect(tidyReceipt(unbroken('P1122-0A1B2C'))).toBe('P1122-0A1B2C'))
  it('in one piece', () => expect(unbroken('P1122-0A1B2C')).toBe('P1122\u20110A1B2C'))
})
