"""The operation log as auditors read it, and a proof checked with nothing but hashes and a public key."""

import json
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from api.sealing import Sealing, seal_keys
from retail.access.permissions import Role
from retail.audit.log import append
from tests.support.asking import Asker
from tests.support.chain import Chain, Shop, Staff
from tests.support.environment import MASTERS
from tests.support.rfc9162 import has_grown

OPERATIONS = """
query($first: Int!, $after: String, $store: UUID, $actor: UUID, $acts: [String!]) {
  operations(first: $first, after: $after, storeId: $store, actorId: $actor, acts: $acts) {
    pageInfo { hasNextPage endCursor }
    edges { node { storeId seq act body hash actor { id name } names { id name } } } } }
"""
PROOF = """
query($store: UUID, $seq: Int!) { operationProof(storeId: $store, seq: $seq) {
    operation { storeId seq body hash } before links path
    seal { number body signature key } newestSeal { number body signature } } }
"""


@pytest.fixture
async def shop(chain: Chain) -> Shop:
    return await chain.open_store()


@pytest.fixture
async def clerk(chain: Chain, shop: Shop) -> Staff:
    return await chain.clerk_at(shop)


@pytest.fixture
async def auditor(chain: Chain) -> Asker:
    return await chain.hire(Role.HQ_COMPLIANCE)


async def listed(asker: Asker, **wanted: object) -> list[dict[str, Any]]:
    told = await asker.ask(OPERATIONS, first=100, **wanted)
    return [edge["node"] for edge in told.data["operations"]["edges"]]


async def seal(chain: Chain) -> None:
    await Sealing(chain.sessions, seal_keys(MASTERS), []).beat()


async def test_an_auditor_reads_who_did_what_newest_first(shop: Shop, clerk: Staff, auditor: Asker) -> None:
    await clerk.receive(tea=10)
    sold = await clerk.sell(tea=2)

    found = await listed(auditor, store=shop.id)

    assert [(each["seq"], each["act"]) for each in found] == [(2, "stock.sale"), (1, "stock.receipt")]
    assert found[0]["actor"] == {"id": str(clerk.id), "name": clerk.name}
    assert json.loads(found[0]["body"])["document"] == sold.value["saleId"]


async def test_pages_follow_on_one_another_and_end(shop: Shop, clerk: Staff, auditor: Asker) -> None:
    for _ in range(5):
        await clerk.sell(tea=1)

    seen, after = [], None
    while True:
        page = (await auditor.ask(OPERATIONS, first=2, store=shop.id, after=after)).data["operations"]
        seen += [edge["node"]["seq"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert seen == [5, 4, 3, 2, 1]


async def test_an_auditor_asks_for_one_actor_or_some_acts(
    chain: Chain, shop: Shop, clerk: Staff, auditor: Asker
) -> None:
    other = await chain.clerk_at(shop)
    await clerk.receive(tea=10)
    await clerk.sell(tea=1)
    await other.sell(tea=1)
    async with chain.sessions.begin() as session:
        await append(session, act="person.left", actor_id=clerk.id, details={"person": other.id})

    mine = await listed(auditor, store=shop.id, actor=clerk.id)
    sales = await listed(auditor, store=shop.id, acts=["stock.sale"])
    left = await listed(auditor, actor=clerk.id, acts=["person.left"])

    assert [each["seq"] for each in mine] == [2, 1]
    assert [each["seq"] for each in sales] == [3, 2]
    assert [(each["storeId"], each["act"]) for each in left] == [(None, "person.left")]
    assert {"id": str(other.id), "name": other.name} in left[0]["names"]


async def test_without_a_store_what_is_not_about_stock_is_listed(
    chain: Chain, shop: Shop, clerk: Staff, auditor: Asker
) -> None:
    await clerk.sell(tea=1)
    for _ in range(3):
        async with chain.sessions.begin() as session:
            await append(session, act="price.set", actor_id=clerk.id, store_id=shop.id, details={})

    first = (await auditor.ask(OPERATIONS, first=2, actor=clerk.id, acts=["price.set"])).data["operations"]
    after = first["pageInfo"]["endCursor"]
    rest = await auditor.ask(OPERATIONS, first=2, actor=clerk.id, acts=["price.set"], after=after)
    second = rest.data["operations"]
    stock = await auditor.ask(OPERATIONS, first=1, acts=["stock.sale"])

    assert [edge["node"]["seq"] for page in (first, second) for edge in page["edges"]] == [4, 3, 2]
    assert stock.codes == ["INVALID_INPUT"]


async def test_an_auditor_of_one_store_reads_neither_another_s_log_nor_the_whole_chain_s(
    chain: Chain, shop: Shop, clerk: Staff
) -> None:
    other = await chain.clerk_at(await chain.open_store("Harbour"))
    narrow = await chain.hire(Role.HQ_COMPLIANCE, store_ids=[shop.id])
    await clerk.sell(tea=1)
    await other.sell(tea=1)

    listed_stores = {each["storeId"] for each in await listed(narrow)} | {
        each["storeId"] for each in await listed(narrow, store=shop.id)
    }
    foreign = await narrow.ask(PROOF, store=other.shop.id, seq=1)
    whole = await narrow.ask(PROOF, seq=1)

    assert listed_stores == {str(shop.id)}
    assert foreign.codes == (await narrow.ask(PROOF, store=uuid4(), seq=1)).codes == ["NOT_FOUND"]
    assert whole.codes == ["NOT_PERMITTED"]


@pytest.mark.parametrize("acts", [["no spaces"], [""], ["a\0b"], ["a"] * 51])
async def test_what_is_no_act_is_refused(auditor: Asker, acts: list[str]) -> None:
    told = await auditor.ask(OPERATIONS, first=1, acts=acts)

    assert told.codes == ["INVALID_INPUT"]


async def test_an_entry_is_proven_to_somebody_who_has_only_the_public_key(
    chain: Chain, shop: Shop, clerk: Staff, auditor: Asker
) -> None:
    for _ in range(4):
        await clerk.sell(tea=1)
    await seal(chain)
    await clerk.sell(tea=1)
    await seal(chain)

    proof = (await auditor.ask(PROOF, store=shop.id, seq=2)).data["operationProof"]

    (public_key,) = seal_keys(MASTERS).public_keys.values()
    check_by_hand(proof, public_key)
    assert len(proof["links"]) == 2
    forged = json.loads(json.dumps(proof).replace("stock.sale", "stock.gift"))
    with pytest.raises(AssertionError):
        check_by_hand(forged, public_key)


CONSISTENCY = """
query($number: Int!) { sealConsistency(number: $number) {
    seal { number body signature } newestSeal { number body signature } path } }
"""


async def test_the_log_is_proven_to_have_only_grown_since_a_seal_that_was_kept(
    chain: Chain, clerk: Staff, auditor: Asker
) -> None:
    await clerk.receive(tea=10)
    await seal(chain)
    kept = await chain.value("select max(number) from log_seal")
    for _ in range(3):
        await clerk.sell(tea=1)
        await seal(chain)

    told = (await auditor.ask(CONSISTENCY, number=kept)).data["sealConsistency"]

    key = Ed25519PublicKey.from_public_bytes(next(iter(seal_keys(MASTERS).public_keys.values())))
    said = []
    for each in (told["seal"], told["newestSeal"]):
        key.verify(bytes.fromhex(each["signature"]), each["body"].encode())
        said.append(json.loads(each["body"]))
    older, newest = ((each["number"] - 1, bytes.fromhex(each["history"])) for each in said)
    path = [bytes.fromhex(node) for node in told["path"]]
    assert said[1]["number"] == kept + 3
    assert kept == 1 or has_grown(*older, *newest, path)
    assert kept == 1 or not has_grown(older[0], sha256(b"another history").digest(), *newest, path)


async def test_a_seal_that_is_not_there_proves_nothing(chain: Chain, auditor: Asker) -> None:
    clerk = await chain.clerk_at(await chain.open_store())
    for number in (0, -1, 2_000_000_000):
        assert (await auditor.ask(CONSISTENCY, number=number)).data == {"sealConsistency": None}
    assert (await clerk.ask(CONSISTENCY, number=1)).codes == ["NOT_PERMITTED"]


async def test_what_is_not_sealed_yet_says_so(shop: Shop, clerk: Staff, auditor: Asker) -> None:
    await clerk.sell(tea=1)

    proof = (await auditor.ask(PROOF, store=shop.id, seq=1)).data["operationProof"]
    missing = (await auditor.ask(PROOF, store=shop.id, seq=99)).data["operationProof"]

    assert proof["seal"] is None
    assert missing is None


def check_by_hand(proof: dict[str, Any], public_key: bytes) -> None:
    """Do what docs/operation-log.md tells a third party to do."""

    def digest(content: bytes) -> bytes:
        return sha256(content).digest()

    told = proof["operation"]
    store = UUID(told["storeId"]).bytes
    links = [digest(told["body"].encode()), *map(bytes.fromhex, proof["links"])]
    running = bytes.fromhex(proof["before"])
    for place, link in enumerate(links):
        running = digest(running + store + (told["seq"] + place).to_bytes(8, "big") + link)
    sealed = json.loads(proof["seal"]["body"])
    assert [told["storeId"], told["seq"] + len(proof["links"]), running.hex()] in sealed["changed"]
    newest = proof["newestSeal"] or proof["seal"]
    for signed in (proof["seal"], newest):
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            bytes.fromhex(signed["signature"]), signed["body"].encode()
        )
    if proof["newestSeal"]:
        said = json.loads(newest["body"])
        node, place, last = digest(b"\0" + proof["seal"]["body"].encode()), sealed["number"] - 1, said["number"] - 2
        for neighbour in map(bytes.fromhex, proof["path"]):
            if place % 2 or place == last:
                node = digest(b"\1" + neighbour + node)
                while not place % 2 and place:
                    place, last = place // 2, last // 2
            else:
                node = digest(b"\1" + node + neighbour)
            place, last = place // 2, last // 2
        assert node.hex() == said["history"]


async def test_who_audits_some_stores_reads_no_log_of_the_others_that_they_only_work_in(chain: Chain) -> None:
    audited, worked_in = await chain.open_stores("Audited", "Worked in")
    auditor = await chain.hire(Role.HQ_COMPLIANCE, store_ids=[audited.id])
    await chain.rows(
        "insert into assignment (id, person_id, role, store_ids, valid_from)"
        " values (gen_random_uuid(), $1, 'clerk', $2, now() - interval '1 day')",
        *(auditor.id, [worked_in.id]),
    )
    async with chain.sessions.begin() as session:
        for store in (audited, worked_in):
            await append(session, act="device.shared", actor_id=None, store_id=store.id)

    found = await listed(auditor)

    assert {each["storeId"] for each in found} == {str(audited.id)}
