"""HTML that strangers wrote, shown within a page of ours: nothing in it runs, loads or leaves its frame.

Three walls, each of which would do: it is cleaned of what acts, its policy allows nothing but styles and pictures that
it brings along, and the browser gives it an origin of its own without scripts, forms and pop-ups.
"""

import re

from groundlevel.outside.mail.bodies import ATTRIBUTES, MOST_HTML, TAGS

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-DNS-Prefetch-Control": "off",
}
MORE = {"id", "class", "style", "role", "cellpadding", "cellspacing", "background"}
_BODY = re.compile(r"<body\b([^>]{0,2000})>", re.IGNORECASE)
_PAINT = re.compile(r"\bbgcolor\s*=\s*[\"']?(#?[A-Za-z0-9]{1,20})", re.IGNORECASE)


def framed(html: str) -> tuple[str, int, dict[str, str]]:
    """A page with this HTML: content, status, headers. Styles stay, also those of its head."""
    import nh3

    clean = nh3.clean(
        html[:MOST_HTML], tags=TAGS | {"style"}, attributes=ATTRIBUTES | {"*": ATTRIBUTES["*"] | MORE},
        clean_content_tags={"script", "title"}, url_schemes={"http", "https", "mailto", "tel", "data"},
        link_rel="noopener noreferrer nofollow",
    )  # fmt: skip
    body = _BODY.search(html)
    paint = _PAINT.search(body[1]) if body else None
    colour = f' bgcolor="{paint[1]}"' if paint else ""
    head = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mail</title></head>'
    return f"{head}<body{colour}>{clean}</body></html>", 200, HEADERS
