"""What a clerk does, as headquarters reads it in the log that nobody can edit."""

import json
import re

from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device
from tests.stories.test_accessible import complaints, too_small
from tests.stories.test_languages import BOTH, CHINESE, foreign, names_of

IN_THE_LOG = """
    select entry.seq, encode(entry.hash, 'hex'), entry.body, person.name, store.id, store.name
    from operation_log entry
    join store on store.id = entry.store_id
    join person on person.id::text = entry.body::jsonb ->> 'actor'
    where store.code like '%-' || upper($1) and entry.body::jsonb ->> 'act' = 'stock.sale'
    order by entry.seq desc limit 1
"""
SHOP = "tianfu"
PAGE = 50


async def test_a_sale_stands_in_the_log_of_compliance(own_chain: Chain, give: GiveDevice) -> None:
    phone, desk, hand = await give(own_chain), await give(own_chain, "tablet"), await give(own_chain)
    await sell(own_chain, phone)
    ((seq, digest, body, clerk, store_id, store),) = await own_chain.books.rows(IN_THE_LOG, SHOP)
    assert json.loads(body)["wrote"]["lines"] == 1

    await desk.sign_in("hegui", path="/me")
    await desk.tap("to-log")

    await desk.see("log-entry").first.wait_for()
    await desk.picture("log-chain")
    await desk.see("log-store").select_option(str(store_id))
    await expect(desk.see("log-entry").first).to_contain_text(re.compile(f"卖出.*{clerk}.*{store}"))
    await desk.picture("log-tablet")
    faults = await complaints(desk, "log-tablet") + await too_small(desk)

    await hand.sign_in("hegui", path="/log")
    await hand.see("log-store").select_option(str(store_id))
    await hand.see("log-kind").select_option("stock.sale")
    newest = hand.see("log-entry").first
    await expect(newest).to_contain_text(re.compile(f"卖出.*{clerk}.*{store}"))
    assert {(await row.inner_text()).count(store) for row in await hand.see("log-entry").all()} == {1}
    await hand.picture("log-filtered")
    await hand.tap("log-entry")
    await hand.shows("log-number", str(seq))
    await hand.shows("log-hash", digest)
    await hand.shows("log-seal", "封存")
    await hand.shows("log-details", "trueshelf verify-log")
    await hand.picture("log-details")
    faults += await complaints(hand, "log-details") + await too_small(hand)

    assert faults == []


async def test_the_log_is_read_by_kind_by_page_and_in_english(own_chain: Chain, give: GiveDevice) -> None:
    hand = await give(own_chain)
    await hand.open()
    await hand.page.get_by_role("button", name="语言").tap()
    await hand.sign_in("hegui", path="/log")
    await hand.see("log-entry").first.wait_for()
    await hand.picture("log-english")
    names = sorted(await names_of(own_chain) | BOTH, key=len, reverse=True)
    assert await foreign(hand, CHINESE, names) == []

    tea = await own_chain.books.item(SHOP, "珍珠奶茶")
    await hand.see("log-store").select_option(str(tea.store_id))
    await hand.see("log-kind").select_option("stock")
    await expect(hand.see("log-entry")).to_have_count(PAGE)
    await hand.tap("more-log")
    await expect(hand.see("log-entry").nth(PAGE)).to_be_visible()
    told = await hand.see("log-entry").locator("time").evaluate_all("all => all.map((one) => Date.parse(one.dateTime))")
    assert told == sorted(told, reverse=True)

    await hand.see("log-store").select_option("")
    await expect(hand.see("log-kind")).to_have_value("")
    await hand.see("log-kind").select_option("entry")
    await expect(hand.see("log-entry").first).to_contain_text("Signed in")
    acts = await hand.see("log-entry").evaluate_all("all => [...new Set(all.map((one) => one.dataset.act))]")
    assert acts == ["signed_in"]

    await hand.see("log-kind").select_option("person.erased")
    await hand.shows("state-panel", "No such entry")
    assert await hand.see("log-entry").count() == 0


async def test_who_may_not_read_the_log_is_not_shown_it(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.sign_in(SHOP, path="/me")
    await phone.see("my-name").wait_for()
    assert await phone.see("to-log").count() == 0

    await phone.open("/log")

    await phone.page.wait_for_url("**/home")


async def sell(chain: Chain, phone: Device) -> None:
    tea = await chain.books.item(SHOP, "珍珠奶茶")
    await phone.sign_in(SHOP, path="/scan")
    await phone.settled()
    await phone.scan(tea.gtin)
    await phone.tap("sell")
    await phone.tap("to-sale")
    await phone.tap("cart-finish")
    await phone.sent()
