"""Asking by word of mouth: what the browser heard finds the goods, and what was typed as a sentence does too.

The browser's ears are the outside world: here they say what a recogniser would have understood.
"""

import json
import re

from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device

EARS = """
window.SpeechRecognition = undefined
window.webkitSpeechRecognition = class extends EventTarget {
  start() {
    const { guesses, error } = SAID
    const event = new Event(error ? 'error' : 'result')
    Object.assign(event, error ? { error } : { results: [guesses.map((transcript) => ({ transcript }))] })
    setTimeout(() => this.dispatchEvent(event), 50)
    window.heardIn = this.lang
  }
  abort() {}
}
"""
NO_EARS = "window.SpeechRecognition = window.webkitSpeechRecognition = undefined"


async def say(phone: Device, *guesses: str, error: str | None = None) -> None:
    """Let the recogniser understand this the next time that somebody touches the microphone."""
    await phone.page.add_init_script(EARS.replace("SAID", json.dumps({"guesses": guesses, "error": error})))
    await phone.open("/scan")
    await phone.tap("voice")


async def at_the_counter(chain: Chain, give: GiveDevice) -> Device:
    phone = await give(chain)
    await phone.sign_in("guomao")
    await phone.settled()
    return phone


async def test_a_spoken_question_shows_the_thing_although_it_was_misheard(chain: Chain, give: GiveDevice) -> None:
    phone = await at_the_counter(chain, give)
    tea = await chain.books.item("guomao", "珍珠奶茶")

    await say(phone, "茶真猪奶茶库存", "查珍珠耐茶库存")

    await phone.shows("item-name", "珍珠奶茶")
    await phone.shows("item-on-hand", str(tea.on_hand))
    assert await phone.page.evaluate("window.heardIn") == "zh-CN"


async def test_a_spoken_sale_lies_in_the_basket(chain: Chain, give: GiveDevice) -> None:
    phone = await at_the_counter(chain, give)

    await say(phone, "卖两杯珍珠奶茶")

    await phone.shows("to-sale", "2")


async def test_a_spoken_duty_opens_its_page(chain: Chain, give: GiveDevice) -> None:
    phone = await at_the_counter(chain, give)

    await say(phone, "开始营业")

    await phone.page.wait_for_url("**/day")


async def test_a_spoken_return_opens_the_counter_with_the_thing(chain: Chain, give: GiveDevice) -> None:
    phone = await at_the_counter(chain, give)

    await say(phone, "退货珍珠奶茶")

    await phone.shows("return-item", "珍珠奶茶")


async def test_the_example_is_of_what_is_sold_here(chain: Chain, give: GiveDevice) -> None:
    phone = await at_the_counter(chain, give)

    await phone.open("/scan")

    await expect(phone.see("voice")).to_have_text(re.compile("查.+库存"))
    example = re.search("查(.+)库存", await phone.see("voice").inner_text())
    assert example
    assert await chain.books.value("select count(*) from sku where name = $1", example[1]) == 1


async def test_what_nobody_sells_is_not_taken_for_something_else(chain: Chain, give: GiveDevice) -> None:
    phone = await at_the_counter(chain, give)

    await say(phone, "查自行车库存")

    await phone.shows("unheard", "没听懂：“查自行车库存”")
    await phone.picture("voice-unheard")


async def test_a_closed_microphone_is_said_in_words(chain: Chain, give: GiveDevice) -> None:
    phone = await at_the_counter(chain, give)

    await say(phone, error="not-allowed")

    await phone.shows("voice-deaf", "话筒没有打开")


async def test_a_browser_without_ears_says_so_and_reads_whole_sentences(chain: Chain, give: GiveDevice) -> None:
    phone = await at_the_counter(chain, give)
    tea = await chain.books.item("guomao", "珍珠奶茶")
    await phone.page.add_init_script(NO_EARS)
    await phone.open("/scan")
    await phone.shows("voice-absent", "听不懂语音")
    await expect(phone.see("voice")).to_have_count(0)

    for words in ("查珍珠奶茶库存", "zhenzhunaicha", "真猪奶茶还有吗"):
        await phone.find(words)
        await phone.see("results").locator(f"[data-sku='{tea.sku_id}']").wait_for()
    await phone.picture("voice-absent")
