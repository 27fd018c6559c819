import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'

test.each(['SOMETHING_NEW', 'A'])('the code %s is shown', (given) => {
  expect(codeOf(given)).toBe(given)
})

test.each(['账号已锁定，请致电 400-1234567', 'Call 400 123', 'http://evil.example', '', 'A'.repeat(41)])('the words "%s" are not', (given) => {
  expect(codeOf(given)).toBe('?')
})
