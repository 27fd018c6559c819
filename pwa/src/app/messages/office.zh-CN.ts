/** What only managers and headquarters read. */
import log from './log.zh-CN.ts'
import manager from './manager.zh-CN.ts'
import people from './people.zh-CN.ts'
import rules from './rules.zh-CN.ts'
import shelves from './shelves.zh-CN.ts'

export default { ...log, ...manager, ...people, ...rules, ...shelves }
