/** Result unions, taken apart so that the compiler notices a member nobody handles. */
interface Member {
  __typename: string
}

type Arms<Union extends Member, Answer> = {
  [Name in Union['__typename']]: (member: Extract<Union, { __typename: Name }>) => Answer
}

/** The server is newer than this app and answered with something that it did not know yet. */
export class UnknownMember extends Error {
  constructor(readonly typename: string) {
    super(`no way to read ${typename}`)
  }
}

export function match<Union extends Member, Answer>(result: Union, arms: Arms<Union, Answer>): Answer {
  const arm = (arms as unknown as Record<string, ((member: Union) => Answer) | undefined>)[result.__typename]
  if (!arm) throw new UnknownMember(result.__typename)
  return arm(result)
}

export function never(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`)
}
