import { expect, test } from 'vitest'
import { OperationList } from './operation-list.ts'
import type { Operation } from './operations.ts'

/** A device with so many operations, which counts how many rows are read. */
function device(many: number): { rows: Map<string, Operation>; list: OperationList; read: () => number; shown: string[]; settled: string[]; fail: { next: boolean } } {
  const rows = new Map(Array.from({ length: many }, (_, order) => [`r${order}`, row(order)]))
  const [shown, settled]: [string[], string[]] = [[], []]
  const fail = { next: false }
  let read = 0
  const give = (found: Operation[]): Operation[] => {
    read += found.length
    return found
  }
  const list = new OperationList(
    {
      all: async () => give([...rows.values()].reverse()),
      some: async (ids) => {
        if (fail.next) {
          fail.next = false
          throw new Error('closed')
        }
        return give(ids.flatMap((id) => rows.get(id) ?? []))
      },
    },
    (operations, done) => {
      shown.splice(0, Infinity, ...operations.map(({ requestId, state }) => `${requestId} ${state}`))
      settled.push(...done.map(({ requestId }) => requestId))
    },
  )
  return { rows, list, read: () => read, shown, settled, fail }
}

function row(order: number, state: Operation['state'] = 'waiting'): Operation {
  return { order, requestId: `r${order}`, state } as Operation
}

test('a tap reads one row, however many old ones there are', async () => {
  const { rows, list, read, shown } = device(5_000)
  await list.read()
  const before = read()

  rows.set('r5000', row(5_000))
  await list.read(['r5000'])

  expect(read() - before).toBe(1)
  expect(shown.slice(0, 2)).toEqual(['r5000 waiting', 'r4999 waiting'])
  expect(shown).toHaveLength(5_001)
})

test('what changed stays in its place, and what is gone goes', async () => {
  const { rows, list, shown } = device(4)
  await list.read()

  rows.set('r1', row(1, 'accepted'))
  rows.delete('r2')
  await list.read(['r1', 'r2'])

  expect(shown).toEqual(['r3 waiting', 'r1 accepted', 'r0 waiting'])
})

test('each verdict is told once, whether somebody says which it is or not', async () => {
  const { rows, list, settled } = device(3)
  await list.read()

  rows.set('r1', row(1, 'refused'))
  await list.read(['r1'])
  rows.set('r0', row(0, 'accepted'))
  await list.read()
  await list.read(['r0', 'r1', 'r2'])

  expect(settled).toEqual(['r1', 'r0'])
})

test('what could not be read is not forgotten: the next reading brings it too', async () => {
  const { rows, list, shown, fail } = device(2)
  await list.read()

  rows.set('r0', row(0, 'accepted'))
  fail.next = true
  await expect(list.read(['r0'])).rejects.toThrow('closed')
  rows.set('r2', row(2))
  await list.read(['r2'])

  expect(shown).toEqual(['r2 waiting', 'r1 waiting', 'r0 accepted'])
})

test('what is said while it reads is read as well', async () => {
  const { rows, list, shown } = device(1)
  await list.read()

  const reading = list.read(['r0'])
  rows.set('r1', row(1))
  await Promise.all([reading, list.read(['r1'])])

  expect(shown).toEqual(['r1 waiting', 'r0 waiting'])
})
