"""Photos of a chain: announced as an act announces them, brought over HTTP as a phone brings them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import orjson

from retail.access.actor import Actor, ActorKind
from retail.access.scope import load_actor
from retail.access.work import Office
from retail.kernel.base import new_id
from retail.kernel.clock import utc_now
from retail.photos.commands import announce
from retail.photos.models import PhotoAbout
from retail.photos.rules import NewPhoto
from tests.support.asking import Asker
from tests.support.chain import Chain, Shop, Staff
from tests.support.pictures import jpeg

PIECES = "application/offset+octet-stream"


@dataclass(frozen=True)
class Shot:
    """A picture in somebody's hand."""

    data: bytes
    id: UUID = field(default_factory=new_id)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    def described(self, **other: Any) -> NewPhoto:
        return NewPhoto(
            **{"id": self.id, "sha256": self.sha256, "bytes": len(self.data), "taken_at": utc_now(), **other}
        )


def shot(seed: int = 1, *, width: int = 640, height: int = 480) -> Shot:
    return Shot(jpeg(width, height, seed=seed))


async def actor_of(chain: Chain, somebody: Asker, kind: ActorKind = ActorKind.PERSON) -> Actor:
    regions = {row["id"]: row["region_id"] for row in await chain.rows("select id, region_id from store")}
    async with chain.sessions() as session:
        actor = await load_actor(session, kind=kind, actor_id=somebody.id, region_of=regions, now=utc_now())
    assert actor is not None
    return actor


async def announced(
    chain: Chain,
    by: Staff,
    *photos: NewPhoto,
    shop: Shop | None = None,
    about: tuple[PhotoAbout, UUID] | None = None,
    kind: ActorKind = ActorKind.PERSON,
) -> UUID:
    """Do what an act does with its photos; returns what they are about."""
    office = Office(chain.sessions, lambda _: None)
    thing = about or (PhotoAbout.RETURN, new_id())
    async with office.work(await actor_of(chain, by, kind)) as work:
        await announce(work, store_id=(shop or by.shop).id, about=thing, photos=photos)
    return thing[1]


async def patch(by: Asker, id: UUID, data: bytes, offset: int, length: int, sha256: str, **more: str) -> httpx.Response:
    headers = {
        **by.headers,
        "content-type": PIECES,
        "upload-offset": str(offset),
        "upload-length": str(length),
        "upload-sha256": sha256,
        **more,
    }
    return await by.http.patch(f"{by.server}/photos/{id}", content=data, headers=headers)


async def bring(
    by: Asker, shot: Shot, *, size: int = 64 * 1024, begin: int = 0, end: int | None = None, doors: Sequence[str] = ()
) -> httpx.Response:
    """Bring a picture from one byte to another, piece by piece; returns the last answer."""
    answer = None
    last = len(shot.data) if end is None else end
    for number, offset in enumerate(range(begin, last, size)):
        at = by.at(doors[number % len(doors)]) if doors else by
        answer = await patch(
            at, shot.id, shot.data[offset : min(offset + size, last)], offset, len(shot.data), shot.sha256
        )
        assert answer.status_code == 200, answer.text
    assert answer is not None
    return answer


async def look(by: Asker, id: UUID) -> httpx.Response:
    """Ask how much of a picture is there."""
    return await by.http.head(f"{by.server}/photos/{id}", headers=by.headers)


async def fetch(by: Asker, id: UUID, size: str = "", **headers: str) -> httpx.Response:
    """Ask for the picture."""
    return await by.http.get(f"{by.server}/photos/{id}{size}", headers={**by.headers, **headers})


def told(answer: httpx.Response) -> tuple[str, int]:
    """Status and offset of an upload, as an answer says."""
    if answer.content:
        body = orjson.loads(answer.content)
        assert (body["status"], str(body["offset"])) == (
            answer.headers["photo-status"],
            answer.headers["upload-offset"],
        )
    return answer.headers["photo-status"], int(answer.headers["upload-offset"])


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """HTTP status and code of a refusal; its words are there in both languages."""
    body = orjson.loads(answer.content)
    assert body["message"]
    assert body["messageZh"]
    assert answer.headers["content-type"] == "application/json"
    return answer.status_code, body["code"]
