"""The page of the demo's identity provider: one large button for each person, and nothing else."""

from collections.abc import Iterable, Mapping
from html import escape

from starlette.responses import HTMLResponse

from auth.wiring import DemoAccount

ROLES = {
    "CLERK": "店员",
    "STORE_MANAGER": "店长",
    "REGIONAL_MANAGER": "区域经理",
    "HQ_OPERATIONS": "总部运营",
    "HQ_COMPLIANCE": "总部合规",
    "BUYER": "采购",
}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_STYLE = """
body { max-width: 30rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; background: #f6f7f5; color: #1c2420;
       font: 1.1rem/1.4 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif }
h1 { margin: 0; font-size: 1.5rem } p { margin: .3rem 0 1.2rem; color: #56615b }
button { display: block; width: 100%; min-height: 4rem; margin: 0 0 .7rem; padding: .6rem 1rem; text-align: start;
         border: 1px solid #cfd6d1; border-radius: 1rem; background: #fff; color: inherit; font: inherit }
button:hover, button:focus-visible { border-color: #14694a; outline: 2px solid #14694a }
strong { display: block; font-size: 1.2rem } span { color: #56615b }
@media (prefers-color-scheme: dark) {
  body { background: #141816; color: #e8ede9 } button { background: #1f2522; border-color: #3b4540 }
  p, span { color: #a9b4ae }
}
"""


def choosing_page(
    title: str, title_en: str, people: Iterable[DemoAccount], action: str, carried: Mapping[str, str]
) -> HTMLResponse:
    """Return the page on which a visitor of the demo says who they are."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in carried.items()
    )
    buttons = "".join(
        f'<button name="person" value="{escape(each.login)}"><strong>{escape(each.name)}</strong>'
        f"<span>{escape(ROLES.get(each.role, each.role))} · {escape(each.place)}</span></button>"
        for each in people
    )
    return _page(
        title,
        f"<h1>{escape(title)}</h1><p>{escape(title_en)}<br>示例：点一下就以此人登录 · a demo: one tap signs in</p>"
        f'<form method="post" action="{escape(action)}">{hidden}{buttons}</form>',
    )


def problem_page(words: str, words_en: str) -> HTMLResponse:
    """Return a page for a request that no button of ours makes."""
    return _page(words, f"<h1>{escape(words)}</h1><p>{escape(words_en)}</p>", 400)


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    head = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
    )
    return HTMLResponse(f"{head}<body>{body}</body></html>", status, _HEADERS)
