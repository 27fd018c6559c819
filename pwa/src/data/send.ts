/** Tells the server what was done and reads its verdict. Throws what `transport` throws when there is none. */
import type { Fate, Operation } from './operations.ts'
import { kindOf } from './deeds/registry.ts'
import type { TadaDocumentNode } from './graphql.ts'
import { UnknownMember } from './match.ts'
import { ask } from './transport.ts'

export async function send({ deed, actorId }: Operation): Promise<Fate> {
  const kind = kindOf(deed)
  if (!kind) throw new UnknownMember(deed.kind)
  const answer = await ask(kind.document as TadaDocumentNode<unknown, unknown>, kind.variables(deed), actorId)
  return kind.fate(answer, deed)
}
