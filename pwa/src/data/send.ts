/** Tells the server what was done and reads its verdicts. Throws what `transport` throws when there is none. */
import { read, write } from './batch.ts'
import type { UnknownMember } from './match.ts'
import type { Fate, Operation } from './operations.ts'
import { askText } from './transport.ts'

/** All of them by one person: the server takes them in her session only. */
export async function send(operations: readonly Operation[]): Promise<(Fate | UnknownMember)[]> {
  const { query, variables } = write(operations)
  return read(operations, await askText<Record<string, unknown>>(query, variables, operations[0]?.actorId))
}
