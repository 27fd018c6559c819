import { expect, test } from 'vitest'
import { match, UnknownMember } from './match.ts'

type Answer = { __typename: 'Yes'; total: number } | { __typename: 'No'; why: string }
const read = (answer: Answer): string => match(answer, { Yes: ({ total }) => `${total}`, No: ({ why }) => why })

test('each member is read by its own arm', () => {
  expect(read({ __typename: 'Yes', total: 3 })).toBe('3')
  expect(read({ __typename: 'No', why: 'closed' })).toBe('closed')
})

test('the compiler notices a member that nobody reads', () => {
  const answer = { __typename: 'Yes', total: 3 } as Answer
  // @ts-expect-error -- the arm for "No" is missing
  expect(match(answer, { Yes: () => 'read' })).toBe('read')
})

test('a member that only a newer server knows is named, not swallowed', () => {
  const newer = { __typename: 'Perhaps' } as unknown as Answer
  expect(() => read(newer)).toThrow(UnknownMember)
})
