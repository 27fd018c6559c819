import { expect, test } from 'vitest'
import { toCsv } from './csv.ts'

test('a name with a comma stays one field', () => {
  expect(toCsv([['门店', 'n'], ['茶,"好"', 3]])).toBe('\uFEFF门店,n\r\n"茶,""好""",3\r\n')
})

test('a name is never run as a formula', () => {
  expect(toCsv([['=HYPERLINK(1)', -2]])).toBe("\uFEFF'=HYPERLINK(1),-2\r\n")
})
