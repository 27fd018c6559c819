import { expect, test } from 'vitest'
import { GROUPS } from '@/features/log/acts.ts'
import { wayOf } from '@/features/log/ways.ts'
import zh from './log.zh-CN.ts'

type Tree = { [key: string]: string | Tree }

const dotted = (tree: Tree): string[] =>
  Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [key] : dotted(value).map((below) => `${key}.${below}`)))

test('every act that the log is filtered by has its words, and every word its act', () => {
  expect(dotted(zh.log.act).toSorted()).toEqual(Object.values(GROUPS).flat().toSorted())
})

test('a way that an entry leads has its words', () => {
  const id = '01a202da-4a32-7d80-bb7c-d6286cf37675'
  const body = (act: string): string => JSON.stringify({ act, details: { stocktake: id, sku: id, checklist: id, person: id } })
  const ways = Object.values(GROUPS).flat().flatMap((act) => [
    wayOf({ act, storeId: id, body: body(act) }, () => true)?.word,
    wayOf({ act, storeId: null, body: body(act) }, () => false)?.word,
  ])

  expect([...new Set(ways)].filter((word) => word !== undefined).toSorted()).toEqual(Object.keys(zh.log.go).toSorted())
})
