"""The short count of the day: one tap in the day's list begins it, and it goes when its goods are counted."""

from uuid import uuid4

from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.test_stocktake import enter_figure

ASK = """insert into task (store_id, id, kind, day, title, title_en, needs, sku_ids, must, due_at, expires_at, made_at)
  select id, $2, 'count', (now() at time zone zone - day_cutoff::interval)::date, '盘点 1 种商品，约 1 分钟',
    'Count 1 item, about 1 min', '[]', array[$3::uuid], false, now() + interval '3 hours', now() + interval '4 hours',
    now() - interval '1 minute'
  from store where id = $1"""


async def test_the_count_of_the_day_is_a_tap_away_and_goes_when_it_is_counted(chain: Chain, give: GiveDevice) -> None:
    tea = await chain.books.item("xujiahui", "珍珠奶茶")
    await chain.books.rows(ASK, tea.store_id, task := uuid4(), tea.sku_id)
    phone = await give(chain)
    await phone.sign_in("xujiahui")
    await phone.settled()
    row = phone.page.locator("[data-testid=task][data-kind=COUNT]")
    await expect(row).to_contain_text("盘点 1 种商品，约 1 分钟")
    await expect(row).to_contain_text("今日轮盘")
    await row.evaluate("row => row.scrollIntoView({ block: 'center' })")
    await phone.picture("count-of-the-day")
    await phone.page.emulate_media(color_scheme="dark")
    await phone.picture("count-of-the-day-dark")
    await phone.page.emulate_media(color_scheme="light")

    await row.tap()
    await phone.see("counting").wait_for()
    first = phone.page.url
    await phone.picture("count-of-the-day-begun")
    await phone.shows("counting", "今天该数的")
    await phone.page.go_back()  # home, not into the count again
    await row.tap()
    await phone.see("counting").wait_for()
    assert phone.page.url == first
    # The place where all counts begin means the same count, in the same words.
    await phone.open("/stocktake")
    due = phone.see("start-SKUS")
    await expect(due).to_contain_text("盘点 1 种商品，约 1 分钟")
    await phone.picture("count-of-the-day-due")
    await due.tap()
    await phone.see("counting").wait_for()
    assert phone.page.url == first
    await enter_figure(phone, tea, tea.on_hand)
    await phone.tap("place-done")
    await phone.see("finish-stocktake").tap()
    await phone.see("result").wait_for()

    await phone.open("/")
    await expect(phone.see("tasks")).to_be_visible()
    await expect(row).to_have_count(0)
    await phone.open("/stocktake")
    await expect(due).to_be_disabled()
    [(done_at,)] = await chain.books.rows("select done_at from task where id = $1", task)
    assert done_at is not None
