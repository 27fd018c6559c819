/** What only managers and headquarters read, in English. */
import log from './log.en.ts'
import manager from './manager.en.ts'
import people from './people.en.ts'
import rules from './rules.en.ts'
import shelves from './shelves.en.ts'
import type zh from './office.zh-CN.ts'

const en: typeof zh = { ...log, ...manager, ...people, ...rules, ...shelves }

export default en
