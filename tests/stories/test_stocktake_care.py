"""A count asks before it believes: what does not belong, what is far too much, and what nobody has looked for."""

from uuid import UUID, uuid4

from playwright.async_api import expect

from tests.stories.books import Item
from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device
from tests.stories.patience import comes_to
from tests.stories.test_stocktake import enter_figure, figure, put_up
from tests.support.pictures import jpeg


async def count_a_category(phone: Device, item: Item) -> str:
    """Begin to count the goods of a kind, and return the stocktake."""
    await phone.open("/stocktake")
    await phone.tap("start-CATEGORIES")
    await phone.page.locator(f"[data-category='{item.category_id}']").tap()
    await phone.see("counting").wait_for()
    return phone.page.url.split("/stocktake/")[1].split("?")[0]


async def lines_of(chain: Chain, stocktake: str, item: UUID) -> list[tuple[int, str, int]]:
    query = (
        "select quantity, mode, round from stocktake_line where stocktake_id = $1 and sku_id = $2 order by counted_at"
    )
    return [tuple(row) for row in await chain.books.rows(query, UUID(stocktake), item)]


async def pictures(phone: Device, name: str) -> None:
    """What it looks like by day and by night."""
    await phone.picture(name)
    await phone.page.emulate_media(color_scheme="dark")
    await phone.picture(f"{name}-dark")
    await phone.page.emulate_media(color_scheme="light")


async def test_a_shelf_that_is_newer_than_what_the_phone_knows_is_counted(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await chain.books.item("hongqiao", "珍珠奶茶")
    await phone.sign_in("hongqiao", path="/stocktake")
    await phone.settled()
    await phone.see("scan-input").wait_for()
    await expect(phone.see("start-SHELVES")).to_be_visible()

    await phone.scan(await put_up(chain, tea))

    await phone.see("counting").wait_for()


async def test_what_does_not_belong_is_said_at_once_and_counts_only_if_she_says_so(
    chain: Chain, give: GiveDevice
) -> None:
    phone = await give(chain)
    tea = await chain.books.item("lujiazui", "珍珠奶茶")
    cola = await chain.books.item("lujiazui", "可乐500ml")
    await phone.sign_in("lujiazui")
    await phone.settled()
    stocktake = await count_a_category(phone, tea)
    await phone.scan(tea.gtin)
    await expect(figure(phone, tea)).to_have_text("1")

    await phone.scan(cola.gtin)
    await phone.shows("outside", "这次只数：")
    await pictures(phone, "stocktake-outside")
    await phone.tap("outside-away")
    await expect(phone.see("outside")).to_have_count(0)
    await expect(figure(phone, cola)).to_have_count(0)
    await phone.scan(cola.gtin)
    await phone.tap("outside-keep")
    await expect(figure(phone, cola)).to_have_text("1")
    await phone.scan(cola.gtin)

    # Asked about once: she has said that it counts.
    await expect(figure(phone, cola)).to_have_text("2")
    await phone.shows("find", "多出来的")
    await pictures(phone, "stocktake-find")
    await phone.tap("place-done")
    await phone.see("ask-unseen").wait_for()
    await comes_to(lambda: lines_of(chain, stocktake, cola.sku_id), [(1, "add", 0)] * 2)
    assert len(await lines_of(chain, stocktake, tea.sku_id)) == 1


async def test_a_figure_far_from_all_sense_is_asked_about_once_and_never_cut_down(
    chain: Chain, give: GiveDevice
) -> None:
    phone = await give(chain)
    tea = await chain.books.item("wujiaochang", "珍珠奶茶")
    await phone.sign_in("wujiaochang", path="/stocktake")
    await phone.settled()

    # One thing alone, with the book beside it.
    await phone.scan(tea.gtin)
    await phone.press(99_999)
    await phone.shows("doubted", "99,999")
    await phone.tap("doubt-no")
    await expect(phone.see("doubt")).to_have_count(0)
    await expect(phone.see("counts")).to_have_count(0)

    # In a stocktake, where nobody is told what the book says.
    stocktake = await count_a_category(phone, tea)
    await phone.scan(tea.gtin)
    await phone.tap("open-pad")
    for _ in range(6):
        await phone.tap("key-9")
    await phone.shows("most", "最多 99,999")
    await phone.shows("quantity", "99999")
    await phone.tap("quantity-done")
    await phone.shows("doubted", "99,999")
    await pictures(phone, "stocktake-doubt")
    await phone.tap("doubt-no")
    await phone.press(1_000)
    await phone.tap("doubt-yes")
    await expect(figure(phone, tea)).to_have_text("1000")
    await phone.tap("place-done")
    await phone.sent(2)
    await comes_to(lambda: lines_of(chain, stocktake, tea.sku_id), [(1, "add", 0), (1_000, "replace", 0)])


async def test_nothing_is_closed_before_somebody_says_what_is_with_the_goods_that_nobody_counted(
    chain: Chain, give: GiveDevice
) -> None:
    phone = await give(chain)
    tea = await chain.books.item("kuanzhai", "珍珠奶茶")
    await phone.sign_in("kuanzhai")
    await phone.settled()
    stocktake = await count_a_category(phone, tea)
    await enter_figure(phone, tea, tea.on_hand)
    await phone.tap("place-done")
    await phone.see("ask-unseen").wait_for()
    await pictures(phone, "stocktake-check-unseen")

    await phone.tap("finish-stocktake")
    unseen = phone.see("unseen")
    await expect(unseen.get_by_test_id("unseen-done")).to_be_disabled()
    await pictures(phone, "stocktake-unseen")
    told = await unseen.inner_text()
    gone = UUID(str(await unseen.locator("[data-sku]").first.get_attribute("data-sku")))
    await phone.tap("unseen-GONE")
    await phone.tap("all-not-looked")
    await phone.tap("unseen-done")

    # None is a count too, and one that looks odd: she is sent to look again, and says it once more.
    again = phone.see("again-row")
    await expect(again).to_have_attribute("data-sku", str(gone))
    await phone.picture("stocktake-none-again")
    await phone.tap("still-none")
    await expect(again).to_have_count(0)
    await phone.sent(3)
    await comes_to(lambda: lines_of(chain, stocktake, gone), [(0, "replace", 0), (0, "replace", 1)])
    assert await lines_of(chain, stocktake, tea.sku_id) != []
    assert "账上" not in told


async def test_a_count_is_given_up_only_by_who_has_read_what_is_lost(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await chain.books.item("wangjing", "珍珠奶茶")
    await phone.sign_in("wangjing")
    await phone.settled()
    stocktake = await count_a_category(phone, tea)
    title = await phone.page.locator("h1").inner_text()
    await enter_figure(phone, tea, tea.on_hand)
    await phone.tap("place-done")
    await phone.tap("cancel-stocktake")
    await phone.shows("give-up", "已经数的 1 样都不入账")
    await pictures(phone, "stocktake-give-up")
    await phone.tap("keep-stocktake")
    await expect(phone.see("give-up")).to_be_hidden()
    await phone.see("finish-stocktake").wait_for()
    assert await status(chain, stocktake) == "open"

    await phone.tap("cancel-stocktake")
    await phone.tap("cancel-surely")
    await phone.see("start-STORE").wait_for()
    assert await status(chain, stocktake) == "cancelled"
    assert title != "不分货架"


async def status(chain: Chain, stocktake: str) -> str:
    [(found,)] = await chain.books.rows("select status from stocktake where id = $1", UUID(stocktake))
    return str(found).lower()


async def test_headquarters_sees_what_an_unknown_code_is_on(chain: Chain, give: GiveDevice) -> None:
    phone, office = await give(chain), await give(chain, "tablet")
    tea = await chain.books.item("tianfu", "珍珠奶茶")
    code = f"shelf-{uuid4().hex[:8]}"
    await phone.sign_in("tianfu")
    await phone.settled()
    stocktake = await count_a_category(phone, tea)
    await phone.scan(code)
    await phone.shows("count-last", "不认识的条码，先记着")
    await pictures(phone, "stocktake-unknown-code")

    async with phone.page.expect_file_chooser() as asked:
        await phone.tap("code-photo")
    await (await asked.value).set_files({"name": "code.jpg", "mimeType": "image/jpeg", "buffer": jpeg(800, 600)})
    await phone.page.get_by_text("照片给总部了").wait_for()
    await phone.picture("stocktake-unknown-code-shown")
    # The next thing is scanned at once; the code keeps its picture in the list.
    await phone.scan(tea.gtin)
    await expect(phone.page.locator(f"[data-code='{code}'] [data-testid=counted-number]")).to_have_text("1")
    await pictures(phone, "stocktake-code-in-list")
    await phone.tap("place-done")
    await phone.sent(2)
    kept = "select count(*) from photo where store_id = $1 and about = 'unknown_code' and status = 'kept'"
    await comes_to(lambda: chain.books.value(kept, tea.store_id), 1)

    await office.sign_in("yunying", path="/codes")
    found = office.page.locator(f"li[data-code='{code}']")
    await expect(found.get_by_test_id("photo-thumb")).to_have_attribute("data-look", "kept")
    await expect(found).to_contain_text("扫到 1 次")
    await found.scroll_into_view_if_needed()
    await office.picture("stocktake-code-at-headquarters")
    query = "select count(*) from unknown_code where stocktake_id = $1 and code = $2 and photo_id is not null"
    assert await chain.books.value(query, UUID(stocktake), code) == 1
