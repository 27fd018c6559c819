/** The manager's words in English. */
import type zh from './manager.zh-CN.ts'

const en: typeof zh = {
  title: 'Dashboard',
}

export default en
