import { beforeEach, expect, test } from 'vitest'
import zh from '@/app/messages/zh-CN.ts'
import { language, teach } from './language.ts'
import { speakOfFields } from './own-words.ts'

type Heard = (event: { target: object }) => void

const heard = new Map<string, Heard>()
let said = ''
const field = (validity: object): object => ({ validity, setCustomValidity: (words: string) => (said = words) })

beforeEach(() => {
  teach('zh-CN', zh)
  language.value = 'zh-CN'
  said = ''
  heard.clear()
  const page = { addEventListener: (kind: string, listener: Heard) => heard.set(kind, listener) }
  speakOfFields(page as unknown as Document)
})

test('a field that must be filled in says so in the words of the shop', () => {
  heard.get('invalid')?.({ target: field({ valid: false, valueMissing: true }) })
  expect(said).toBe(zh.common.fillIn)

  heard.get('invalid')?.({ target: field({ valid: false, valueMissing: false }) })
  expect(said).toBe(zh.common.notFit)
})

test('whoever writes on is not held to what was said before', () => {
  for (const change of ['input', 'change']) {
    said = zh.common.fillIn
    heard.get(change)?.({ target: field({ valid: true }) })
    expect(said, change).toBe('')
  }
})
