"""Large type, for old eyes and a greasy screen: on every page nothing is cut, nothing lies on anything else."""

import pytest

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device
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


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_large_type_cuts_nothing_off_on_any_page(chain: Chain, give: GiveDevice, language: str) -> None:
    phone = await give(chain)
    tea = await chain.books.item("qibao", "珍珠奶茶")
    await phone.context.add_init_script(
        "localStorage.setItem('trueshelf.preferences', JSON.stringify("
        f"{{theme: 'auto', language: '{language}', largeType: true, sound: false}}))"
    )
    await phone.open()
    assert await phone.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "21px"

    found = []
    async for screen in past_the_clerks_screens(phone, "qibao", tea):
        found += [f"{screen}: {fault}" for fault in await cut_off(phone)]
        await phone.picture(f"large-{language[:2]}-{screen}")

    assert found == [], "\n".join(found)
