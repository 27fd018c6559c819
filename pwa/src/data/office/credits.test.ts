import { expect, test } from 'vitest'
import { credited } from './credits.ts'

const wang = { personId: 'wang', personName: '王芳' }
const li = { personId: 'li', personName: '李敏' }

test('the days of a person add up, whoever did most stands on top', () => {
  const rows = [
    { ...wang, act: 'TASK_ON_TIME' as const, count: 2 },
    { ...li, act: 'DAY_OPENED_ON_TIME' as const, count: 1 },
    { ...li, act: 'TASK_ON_TIME' as const, count: 1 },
    { ...li, act: 'TASK_ON_TIME' as const, count: 3 },
  ]

  expect(credited(rows)).toEqual([
    { ...li, total: 5, acts: [{ act: 'TASK_ON_TIME', count: 4 }, { act: 'DAY_OPENED_ON_TIME', count: 1 }] },
    { ...wang, total: 2, acts: [{ act: 'TASK_ON_TIME', count: 2 }] },
  ])
})

test('where nothing was done nobody is named', () => {
  expect(credited([])).toEqual([])
})
