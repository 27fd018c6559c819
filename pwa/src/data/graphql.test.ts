import { print, type DocumentNode } from '@0no-co/graphql.web'
import { expect, test } from 'vitest'
import { graphql } from './graphql.ts'

test('a document says its text with the fragments that it spreads, and is read once', () => {
  const named = graphql(`
    fragment Named on Me {
      name
    }
  `)
  const asked = graphql(
    `
      query Who {
        me {
          ...Named
        }
      }
    `,
    [named],
  ) as DocumentNode

  expect(print(asked)).toBe('query Who {\n  me {\n    ...Named\n  }\n}\n\nfragment Named on Me {\n  name\n}')
  expect(asked.definitions).toBe(asked.definitions)
})

test('nothing is read before it is asked for', () => {
  const wrong = graphql('query {' as string) as DocumentNode

  expect(() => wrong.definitions).toThrow()
})
