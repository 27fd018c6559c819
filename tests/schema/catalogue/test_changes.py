"""A device asks for what changed in the catalogue, and gets little where little did."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from retail.access.permissions import Role
from tests.support.asking import Asker
from tests.support.chain import PRICE, Chain

CHANGES = """query($store: UUID!, $known: [String!]!) {
  catalogueChanges(storeId: $store, known: $known) {
    complete blocks { number digest skus { id price(storeId: $store) } }
  }
}"""


class Device:
    """What a device knows: the digest of each part, and its SKUs with their prices."""

    def __init__(self, by: Asker, store_id: UUID) -> None:
        self.by, self.store_id = by, store_id
        self.digests = [""] * 64
        self.parts: dict[int, dict[str, int | None]] = {}

    @property
    def prices(self) -> dict[str, int | None]:
        return {sku: price for part in self.parts.values() for sku, price in part.items()}

    async def read(self) -> int:
        """Read until nothing has changed; returns how many SKUs came."""
        count, complete = 0, False
        while not complete:
            answer = await self.by.ask(CHANGES, store=self.store_id, known=self.digests)
            told = answer.data["catalogueChanges"]
            complete = told["complete"]
            for block in told["blocks"]:
                self.digests[block["number"]] = block["digest"]
                self.parts[block["number"]] = {sku["id"]: sku["price"] for sku in block["skus"]}
                count += len(block["skus"])
        return count


async def test_a_device_reads_all_once_and_then_what_changed(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    for _ in range(30):
        await chain.goods(f"pear {uuid4()}")
    plum = await chain.goods(f"plum {uuid4()}")
    hq, clerk = await chain.hire(Role.HQ_OPERATIONS), await chain.staff(Role.CLERK, riverside)
    phone = Device(clerk, riverside.id)
    assert await phone.read() == await chain.value("select count(*) from sku")
    assert phone.prices[str(plum.id)] == PRICE

    assert await phone.read() == 0
    await hq.do("setPrice", skuId=plum.id, storeId=harbour.id, fen=900)
    assert await phone.read() == 0, "a price of another shop is nothing new here"
    await hq.do("setPrice", skuId=plum.id, storeId=riverside.id, fen=1250)
    came = await phone.read()

    assert 0 < came < 20, "only the part in which it lies"
    assert phone.prices[str(plum.id)] == 1250


async def test_a_price_that_begins_by_itself_and_new_goods_are_changes(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    plum = await chain.goods(f"plum {uuid4()}")
    phone = Device(await chain.staff(Role.CLERK, riverside), riverside.id)
    await phone.read()

    pear = await chain.goods(f"pear {uuid4()}")
    await chain.value(
        "insert into price (id, sku_id, fen, valid_from) values (uuidv7(), $1, 777, $2) returning fen",
        plum.id,
        datetime.now(UTC) - timedelta(seconds=1),
    )
    await phone.read()

    assert str(pear.id) in phone.prices
    assert phone.digests != [""] * 64


async def test_what_a_device_says_that_it_knows_is_measured(chain: Chain) -> None:
    riverside, harbour = await chain.open_stores("Riverside", "Harbour")
    clerk = await chain.staff(Role.CLERK, riverside)

    many = await clerk.ask(CHANGES, store=riverside.id, known=["x"] * 65)
    strange = await clerk.ask(CHANGES, store=riverside.id, known=["\0", "rubbish", "💥" * 100])
    elsewhere = await clerk.ask(CHANGES, store=harbour.id, known=[])

    assert many.codes == ["INVALID_INPUT"]
    assert strange.data["catalogueChanges"]["blocks"]
    assert elsewhere.codes == ["NOT_FOUND"]
