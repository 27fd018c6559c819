"""The operation log as it is told."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import strawberry

from retail.audit import queries
from retail.audit.log import WHOLE_CHAIN
from retail.audit.seals import Seal as DomainSeal
from schema.kernel.paging import PageInfo


@strawberry.type(description="Who an id of an entry stands for now.")
class NamedActor:
    id: UUID = strawberry.field(description="The id, as it stands in the entry.")
    name: str = strawberry.field(description="The name of the person or program.")


@strawberry.type(description="One act, as it stands in the operation log; it is never edited.")
class Operation:
    store_id: UUID | None = strawberry.field(description="The store whose log it is in; null: that of the whole chain.")
    seq: int = strawberry.field(description="Its number in that log: 1, 2, 3 and so on without a gap.")
    act: str = strawberry.field(description="What was done, in dotted words such as person.left.")
    actor: NamedActor | None = strawberry.field(description="Who did it; null: the system.")
    written_at: datetime = strawberry.field(description="When it reached the log.")
    body: str = strawberry.field(description="The whole entry as canonical JSON (RFC 8785); its hash binds this text.")
    hash: str = strawberry.field(description="What binds it to all entries before it: SHA-256, hexadecimal.")
    names: list[NamedActor] = strawberry.field(description="Every person and program that the body names by id.")

    @classmethod
    def of(cls, operation: queries.Operation, names: Mapping[UUID, str]) -> "Operation":
        """Return an entry as it is told."""
        said = operation.said
        actor_id = UUID(said["actor"]) if said.get("actor") else None
        named = [NamedActor(id=id, name=names[id]) for id in sorted(operation.ids()) if id in names]
        return cls(
            store_id=None if operation.store_id == WHOLE_CHAIN else operation.store_id,
            seq=operation.seq,
            act=str(said["act"]),
            actor=None if actor_id is None else NamedActor(id=actor_id, name=names.get(actor_id, "")),
            written_at=operation.written_at,
            body=operation.body,
            hash=operation.hash.hex(),
            names=named,
        )


@strawberry.type(description="An entry on a page.")
class OperationEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: Operation = strawberry.field(description="The entry.")


@strawberry.type(description="A page of the operation log, newest first.")
class OperationConnection:
    edges: list[OperationEdge] = strawberry.field(description="The entries of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")


@strawberry.type(description="A signed statement of where every log stood.")
class LogSeal:
    number: int = strawberry.field(description="Its number: 1, 2, 3 and so on.")
    body: str = strawberry.field(description="The text that was signed, canonical JSON.")
    signature: str = strawberry.field(description="Its Ed25519 signature, hexadecimal.")
    key: str = strawberry.field(
        description="The name of the key: the first 16 digits of the SHA-256 of the public key."
    )

    @classmethod
    def of(cls, seal: DomainSeal) -> "LogSeal":
        """Return a seal as it is told."""
        return cls(number=seal.number, body=seal.body, signature=seal.signature.hex(), key=seal.key)


@strawberry.type(description="What proves an entry to whoever has the public key, offline: see docs/operation-log.md.")
class OperationProof:
    operation: Operation = strawberry.field(description="The entry.")
    before: str = strawberry.field(description="The hash of the entry before it; 64 zeros for the first.")
    links: list[str] = strawberry.field(
        description="SHA-256 of the bodies of the entries after it, up to the sealed one."
    )
    seal: LogSeal | None = strawberry.field(description="The first seal that covers it; null: it is not sealed yet.")
    newest_seal: LogSeal | None = strawberry.field(description="The newest seal, if that is another one.")
    path: list[str] = strawberry.field(
        description="Proves the seal in the newest one's history (RFC 9162, 2.1.3), from the leaf upwards."
    )

    @classmethod
    def of(cls, proof: queries.Proof, names: Mapping[UUID, str]) -> "OperationProof":
        """Return a proof as it is told."""
        return cls(
            operation=Operation.of(proof.operation, names),
            before=proof.before.hex(),
            links=[link.hex() for link in proof.links],
            seal=None if proof.seal is None else LogSeal.of(proof.seal),
            newest_seal=None if proof.newest is None else LogSeal.of(proof.newest),
            path=[node.hex() for node in proof.path],
        )


@strawberry.type(description="What proves that the log has only grown since a seal: see docs/operation-log.md.")
class SealConsistency:
    seal: LogSeal = strawberry.field(description="The older seal.")
    newest_seal: LogSeal = strawberry.field(description="The newest seal; the same one if there is none after it.")
    path: list[str] = strawberry.field(
        description="Proves the older one's history in the newest one's (RFC 9162, 2.1.4); empty for the first seal."
    )

    @classmethod
    def of(cls, growth: queries.Growth) -> "SealConsistency":
        """Return a proof as it is told."""
        return cls(
            seal=LogSeal.of(growth.seal),
            newest_seal=LogSeal.of(growth.newest),
            path=[node.hex() for node in growth.path],
        )
