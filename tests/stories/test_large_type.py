"""Large type, for old eyes and a greasy screen: on every page nothing is cut, nothing lies on anything else."""

import pytest
from playwright.async_api import expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device
from tests.stories.test_stocktake import begin
from tests.stories.walk import past_the_clerks_screens

CUT = """() => {
  const wide = Math.min(innerWidth, screen.width)  // a phone makes its window as wide as what does not fit
  const seen = (el) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  const name = (el) => `${el.tagName.toLowerCase()}.${el.className || ''} "${el.textContent.trim().slice(0, 30)}"`
  const scrolls = (el) => ['auto', 'scroll'].includes(getComputedStyle(el).overflowX)
  const floats = (el) => ['sticky', 'fixed'].includes(getComputedStyle(el).position)
  const floatsIn = (el) => !el ? null : floats(el) ? el : floatsIn(el.parentElement)
  const found = []
  const page = document.documentElement.scrollWidth
  if (page > wide) found.push(`the page is ${page} wide`)
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const texts = []
  while (walker.nextNode()) {
    const node = walker.currentNode, el = node.parentElement
    if (!node.textContent.trim() || !seen(el) || el.closest('option, .visually-hidden, script, style')) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const rects = [...range.getClientRects()]
    if (!rects.length) continue
    let clipped = false
    for (let up = el; up && up !== document.body; up = up.parentElement) {
      if (scrolls(up)) { clipped = true; break }
      const style = getComputedStyle(up), box = up.getBoundingClientRect()
      if (style.overflowX !== 'visible' && style.textOverflow !== 'ellipsis'
          && rects.some(r => r.right > box.right + 1.5 || r.left < box.left - 1.5))
        found.push(`cut by its box: ${name(el)}`)
    }
    if (!clipped && rects.some(r => r.left < -1 || r.right > wide + 1)
        && getComputedStyle(el).textOverflow !== 'ellipsis') found.push(`sticks out: ${name(el)}`)
    const layer = floatsIn(el)
    texts.push(...rects.map(r => ({ el, layer, r })))
  }
  for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) {
    const [a, b] = [texts[i], texts[j]]
    if (a.layer !== b.layer || a.el === b.el || a.el.contains(b.el) || b.el.contains(a.el)) continue
    const across = Math.min(a.r.right, b.r.right) - Math.max(a.r.left, b.r.left)
    const down = Math.min(a.r.bottom, b.r.bottom) - Math.max(a.r.top, b.r.top)
    if (across > 2 && down > 8) found.push(`one on the other: ${name(a.el)} and ${name(b.el)}`)
  }
  for (const el of document.querySelectorAll('a, button, [role=switch], select')) {
    if (!seen(el)) continue
    const box = el.getBoundingClientRect()
    const style = getComputedStyle(el)
    if (el.scrollWidth > el.clientWidth + 1 && style.overflowX !== 'visible') found.push(`a button is cut: ${name(el)}`)
    const moves = (up) => up !== null && (scrolls(up) || moves(up.parentElement))
    if ((box.right > wide + 1 || box.left < -1) && !moves(el)) found.push(`a button sticks out: ${name(el)}`)
  }
  return [...new Set(found)]
}"""
"""What cannot be read or touched as it is meant, in words; an ellipsis after a long name is meant."""


async def cut_off(device: Device) -> list[str]:
    await device.at_rest()
    found: list[str] = await device.page.evaluate(CUT)
    return found


def in_large_type(language: str) -> str:
    chosen = f"{{theme: 'auto', language: '{language}', largeType: true, sound: false}}"
    return f"localStorage.setItem('trueshelf.preferences', JSON.stringify({chosen}))"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_large_type_cuts_nothing_off_on_any_page(chain: Chain, give: GiveDevice, language: str) -> None:
    phone = await give(chain)
    tea = await chain.books.item("qibao", "珍珠奶茶")
    await phone.context.add_init_script(in_large_type(language))
    await phone.open()
    assert await phone.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "21px"

    found = []
    async for screen in past_the_clerks_screens(phone, "qibao", tea):
        found += [f"{screen}: {fault}" for fault in await cut_off(phone)]
        await phone.picture(f"large-{language[:2]}-{screen}")

    assert found == [], "\n".join(found)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_what_is_said_about_the_network_has_room_in_large_type(
    chain: Chain, give: GiveDevice, language: str
) -> None:
    phone = await give(chain)
    tea = await chain.books.item("qibao", "珍珠奶茶")
    await phone.context.add_init_script(in_large_type(language))
    await phone.sign_in("qibao")
    await phone.settled()
    await phone.ready_offline()
    pages = ["/home", "/me", "/me/operations", f"/stocktake/{await begin(phone)}"]

    # A socket that opens and says nothing: nobody knows yet whether there is a network.
    await phone.page.route_web_socket("**/graphql", lambda _socket: None)
    found = await cut_off_while(phone, "connecting", pages)
    await phone.go_offline()
    await phone.open("/scan")
    await phone.see("scan-input").wait_for()
    await phone.scan(tea.gtin)
    for tap in ("sell", "to-sale", "cart-finish"):
        await phone.tap(tap)
    await phone.see("snackbar").wait_for()
    found += await cut_off_while(phone, "offline", pages)

    assert found == [], "\n".join(found)


async def cut_off_while(phone: Device, state: str, pages: list[str]) -> list[str]:
    found = []
    for path in pages:
        await phone.open(path)
        await expect(phone.see("contact")).to_have_attribute("data-state", state)
        found += [f"{path}, {state}: {fault}" for fault in await cut_off(phone)]
        await phone.picture("-".join(["large", state, *filter(str.isalpha, path.split("/"))]))
    return found
