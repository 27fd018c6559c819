import { expect, test } from 'vitest'
import { GROUPS } from '@/features/log/acts.ts'
import zh from './log.zh-CN.ts'

type Tree = { [key: string]: string | Tree }

const dotted = (tree: Tree): string[] =>
  Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [key] : dotted(value).map((below) => `${key}.${below}`)))

test('every act that the log is filtered by has its words, and every word its act', () => {
  expect(dotted(zh.log.act).toSorted()).toEqual(Object.values(GROUPS).flat().toSorted())
})
