"""Chinese and English, each complete: the same walk, and no word of the other language but names."""

import re

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device
from tests.stories.walk import past_the_clerks_screens, past_the_managers_screens

CHINESE = re.compile(r"[\u3400-\u9fff]+")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
RECEIPT = re.compile(r"P\d{4}[-\u2011][0-9A-F]{6}")
BOTH = {"Chrome", "Linux", "Trueshelf", "EN", "English", "中文", "中", "CSV", "ERP", "QR"}
"""Names of ours, and what switches to the other language."""

SAID = """() => {
  const words = [document.title]
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) words.push(texts.currentNode.textContent)
  for (const element of document.querySelectorAll('[aria-label], [placeholder], [alt], [title]'))
    for (const name of ['aria-label', 'placeholder', 'alt', 'title']) words.push(element.getAttribute(name) ?? '')
  return [...new Set(words.map((word) => word.trim()).filter(Boolean))]
}"""


async def names_of(chain: Chain) -> set[str]:
    """What things, people and places are called; names are not translated away."""
    query = """
        select unnest(array[name, name_en]) from store union select unnest(array[name, name_en]) from sku
        union select unnest(array[name, name_en]) from category union select unnest(array[name, name_en]) from region
        union select name from person union select left(name, 1) from person union select code from sku
        union select name from channel_client union select client_id from channel_client
        union select unnest(array[title, title_en]) from task
        union select prefix || '…' from channel_secret
    """
    return {str(row[0]) for row in await chain.books.rows(query)} | {"总部"}


async def foreign(device: Device, language: re.Pattern[str], names: list[str]) -> list[str]:
    """The words on this screen that are of that language and no names."""
    found = []
    for words in await device.page.evaluate(SAID):
        rest = RECEIPT.sub(" ", words)
        for name in names:
            rest = rest.replace(name, " ")
        if language.search(rest):
            found.append(words)
    return found


async def test_english_is_complete(chain: Chain, give: GiveDevice) -> None:
    phone, tablet = await give(chain), await give(chain, "tablet")
    tea = await chain.books.item("chunxilu", "珍珠奶茶")
    names = sorted(await names_of(chain) | BOTH, key=len, reverse=True)
    mixed = []
    for device in (phone, tablet):
        await device.open()
        await device.page.get_by_role("button", name="语言").tap()
        await device.page.locator("html[lang=en]").wait_for()

    async for screen in past_the_clerks_screens(phone, "chunxilu", tea):
        await phone.picture(f"english-{screen}")
        mixed += [f"{screen}: {words}" for words in await foreign(phone, CHINESE, names)]
    async for screen in past_the_managers_screens(tablet, "hq"):
        await tablet.picture(f"english-{screen}")
        mixed += [f"{screen}: {words}" for words in await foreign(tablet, CHINESE, names)]

    assert mixed == []


async def test_chinese_is_complete(chain: Chain, give: GiveDevice) -> None:
    phone, tablet = await give(chain), await give(chain, "tablet")
    tea = await chain.books.item("tianfu", "珍珠奶茶")
    names = sorted(await names_of(chain) | BOTH, key=len, reverse=True)
    mixed = []
    for device in (phone, tablet):
        await device.open()

    async for screen in past_the_clerks_screens(phone, "tianfu", tea):
        mixed += [f"{screen}: {words}" for words in await foreign(phone, ENGLISH, names)]
    async for screen in past_the_managers_screens(tablet, "hq"):
        mixed += [f"{screen}: {words}" for words in await foreign(tablet, ENGLISH, names)]

    assert mixed == []
