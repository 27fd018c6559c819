/**
 * Several operations in one request: one document with the mutation of each under a name of its own.
 *
 * The server carries them out one after the other, each in its own transaction and with its own verdict, and measures
 * the whole as it measures every document; so a batch takes what fits and leaves the rest for the next.
 */
import { Kind as Syntax, print, type DocumentNode, type FieldNode, type FragmentDefinitionNode, type OperationDefinitionNode, type SelectionSetNode, type VariableDefinitionNode } from '@0no-co/graphql.web'
import type { Kind } from './deeds/deed.ts'
import { kindOf, type Deed } from './deeds/registry.ts'
import { UnknownMember } from './match.ts'
import type { Fate, Operation } from './operations.ts'

/** The server's own limits (`schema/kernel/limits.py`), with room to spare. */
const MOST = { operations: 10, fields: 280, fragments: 280, bytes: 200_000 }

export interface Batch {
  query: string
  variables: Record<string, unknown>
}

/** The longest beginning of `operations` that the server takes in one request; at least the first. */
export function pack(operations: readonly Operation[]): Operation[] {
  const sum = { fields: 0, fragments: 0, bytes: 0 }
  const tooMany = operations.slice(0, MOST.operations).findIndex(({ deed }, index) => {
    const kind = kindOf(deed)
    if (!kind) return true
    const { fields, fragments } = measureOf(kind.document)
    sum.fields += fields
    sum.fragments += fragments
    sum.bytes += JSON.stringify(kind.variables(deed)).length
    return index > 0 && (sum.fields > MOST.fields || sum.fragments > MOST.fragments || sum.bytes > MOST.bytes)
  })
  return operations.slice(0, tooMany === -1 ? MOST.operations : Math.max(1, tooMany))
}

/** Throws `UnknownMember` for a deed that a newer app wrote. */
export function write(operations: readonly Operation[]): Batch {
  const roots: FieldNode[] = []
  const asked: VariableDefinitionNode[] = []
  const fragments = new Map<string, FragmentDefinitionNode>()
  const variables: Record<string, unknown> = {}
  operations.forEach(({ deed }, index) => {
    const kind = known(deed)
    for (const part of kind.document.definitions) {
      if (part.kind === Syntax.FRAGMENT_DEFINITION) fragments.set(part.name.value, part)
    }
    const own = renamed(mutationOf(kind), index)
    roots.push({ ...rootOf(own), alias: { kind: Syntax.NAME, value: aliasOf(index) } })
    asked.push(...(own.variableDefinitions ?? []))
    for (const [name, value] of Object.entries(kind.variables(deed))) variables[nameOf(name, index)] = value
  })
  const mutation: OperationDefinitionNode = {
    kind: Syntax.OPERATION_DEFINITION,
    operation: 'mutation' as OperationDefinitionNode['operation'],
    name: { kind: Syntax.NAME, value: 'Outbox' },
    variableDefinitions: asked,
    selectionSet: { kind: Syntax.SELECTION_SET, selections: roots },
  }
  return { query: print({ kind: Syntax.DOCUMENT, definitions: [mutation, ...fragments.values()] }), variables }
}

/** The verdict of each; an answer that this app cannot read is the error that says so. */
export function read(operations: readonly Operation[], data: Record<string, unknown>): (Fate | UnknownMember)[] {
  return operations.map(({ deed }, index) => {
    const kind = known(deed)
    try {
      return kind.fate({ [rootOf(mutationOf(kind)).name.value]: data[aliasOf(index)] }, deed)
    } catch (error) {
      if (error instanceof UnknownMember) return error
      throw error
    }
  })
}

function known(deed: Deed): Kind<Deed> {
  const kind = kindOf(deed)
  if (!kind) throw new UnknownMember(deed.kind)
  return kind
}

const aliasOf = (index: number): string => `a${index}`
const nameOf = (name: string, index: number): string => (index === 0 ? name : `${name}_${index}`)

function mutationOf({ document }: Kind<Deed>): OperationDefinitionNode {
  const found = document.definitions.find((part) => part.kind === Syntax.OPERATION_DEFINITION)
  if (!found) throw new Error('a kind of deed has no mutation')
  return found
}

function rootOf({ selectionSet }: OperationDefinitionNode): FieldNode {
  const [root] = selectionSet.selections
  if (selectionSet.selections.length !== 1 || root?.kind !== Syntax.FIELD) throw new Error('a deed is one mutation with one field')
  return root
}

/** The same, with every variable under a name that no other operation of the batch uses. */
function renamed<Node>(node: Node, index: number): Node {
  if (Array.isArray(node)) return node.map((each: unknown) => renamed(each, index)) as Node
  if (typeof node !== 'object' || node === null) return node
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, key === 'loc' ? undefined : renamed(value as unknown, index)]))
  if (copy['kind'] === Syntax.VARIABLE) copy['name'] = { kind: Syntax.NAME, value: nameOf((node as unknown as { name: { value: string } }).name.value, index) }
  return copy as Node
}

interface Measure {
  fields: number
  fragments: number
}

const measured = new WeakMap<DocumentNode, Measure>()

/** Fields and fragments as the server counts them: with every fragment opened wherever it is spread. */
function measureOf(document: DocumentNode): Measure {
  const found = measured.get(document)
  if (found) return found
  const fragments = new Map(
    document.definitions.flatMap((part) => (part.kind === Syntax.FRAGMENT_DEFINITION ? [[part.name.value, part.selectionSet] as const] : [])),
  )
  const operation = document.definitions.find((part) => part.kind === Syntax.OPERATION_DEFINITION)
  const measure = countBelow(operation?.selectionSet, fragments)
  measured.set(document, measure)
  return measure
}

function countBelow(selections: SelectionSetNode | undefined, fragments: ReadonlyMap<string, SelectionSetNode>): Measure {
  const sum: Measure = { fields: 0, fragments: 0 }
  for (const node of selections?.selections ?? []) {
    const below = countBelow(node.kind === Syntax.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node.selectionSet, fragments)
    sum.fields += below.fields + (node.kind === Syntax.FIELD ? 1 : 0)
    sum.fragments += below.fragments + (node.kind === Syntax.FIELD ? 0 : 1)
  }
  return sum
}
