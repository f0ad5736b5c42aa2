"""Texts with merge tags, and what becomes of them: the one renderer of everything that is sent or shown.

A text is a Liquid template by the people of a sub-account, so it is bounded: it can reach nothing but the values of
`values.py`, include nothing, go through nothing, and grow to no great size.
"""

from collections.abc import Callable, Sized
from functools import cache, wraps
from math import prod
from typing import TYPE_CHECKING, Any

from groundlevel.areas.contacts import contact_or_400
from groundlevel.areas.merge_tags.area import area
from groundlevel.areas.merge_tags.values import About, Namespaces, values_for
from groundlevel.areas.users import check_user
from groundlevel.kernel.area import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.wire import Body, Name, Prose, Wire

if TYPE_CHECKING:
    from liquid import Environment

MOST_KEPT, MOST_WRITTEN, MOST_BITS = 100_000, 1_000_000, 256
"""Bytes of what a text assigns, bytes of what becomes of it, and bits of its whole numbers."""
TAGS = ("assign", "capture", "case", "comment", "content", "echo", "if", "illegal", "output", "unless")
"""Those of Liquid that decide. There is nothing to go through: loops would only take long."""

FILTERS = (
    "abs", "append", "at_least", "at_most", "capitalize", "ceil", "date", "default", "divided_by", "downcase", "escape",
    "escape_once", "first", "floor", "join", "last", "lstrip", "minus", "modulo", "newline_to_br", "plus", "prepend",
    "remove", "remove_first", "remove_last", "replace", "replace_first", "replace_last", "reverse", "round", "rstrip",
    "size", "slice", "split", "squish", "strip", "strip_html", "strip_newlines", "times", "truncate", "truncatewords",
    "upcase", "url_encode",
)  # fmt: skip
"""Those of Liquid that words and numbers need. `safe` is not among them: what contacts say stays escaped."""


class Draft(Body):
    """A text with merge tags, and whom it is for. html: values are escaped, as in the body of an e-mail."""

    text: Prose
    contact_id: Name | None = None
    user_id: Name | None = None
    html: bool = False


class Preview(Wire, omit_defaults=False):
    """What becomes of a text."""

    text: str


@area.post("/operator/locations/{locationId}/merge-tags/preview", scope=OPERATOR, status=200, reads=True, slow=True)
def preview_merge_tags(ctx: Ctx, location_id: str, body: Draft) -> Preview:
    """What a text becomes for a contact and a user; 422 for one that cannot be read, with its line.

    400 for a contact or user who is not of the sub-account.
    """
    if body.contact_id:
        contact_or_400(ctx, body.contact_id)
    check_user(ctx, body.user_id)
    about = About(contact_id=body.contact_id or "", user_id=body.user_id or "")
    return Preview(text=merged(ctx, body.text, about, html=body.html))


def merged(ctx: Ctx, text: str, about: About, *, html: bool = False) -> str:
    """The text with its merge tags replaced; a tag that nothing is known of becomes nothing.

    html: what comes from records is escaped, and custom values, which the sub-account wrote itself, are not.
    422 for a text that cannot be read, or that runs or grows too long.
    """
    if "{{" not in text and "{%" not in text:
        return text
    return _filled(text, values_for(ctx, about, lambda value, names: _filled(value, names, html), html=html), html)


def _filled(text: str, names: Namespaces, html: bool) -> str:
    from liquid.exceptions import LiquidError

    try:
        return _environment(html).from_string(text).render(**names)
    except (LiquidError, RecursionError, ArithmeticError, ValueError) as error:
        first, *_ = str(error).splitlines() or [type(error).__name__]
        line = getattr(getattr(error, "token", None), "start_index", None)
        where = f" (line {text.count(chr(10), 0, line) + 1})" if isinstance(line, int) and line >= 0 else ""
        raise Unprocessable(f"text cannot be merged: {first}{where}") from None


@cache
def _environment(html: bool) -> "Environment":
    from liquid import Environment

    class Bounded(Environment):
        """One that stops what goes on for too long."""

        local_namespace_limit = MOST_KEPT
        output_stream_limit = MOST_WRITTEN

    made = Bounded(autoescape=html)
    made.tags = {name: made.tags[name] for name in TAGS}
    made.filters = {name: _bounded(made.filters[name]) for name in FILTERS}
    return made


def _bounded(of_liquid: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that refuses what would grow too long: at worst, as each of its values times each other."""
    from liquid.exceptions import ResourceLimitError

    @wraps(of_liquid)
    def bounded(*values: Any, **more: Any) -> Any:
        if prod(max(len(v), 1) for v in values if isinstance(v, Sized)) > MOST_WRITTEN:
            raise ResourceLimitError("too much for one filter", token=None)
        result = of_liquid(*values, **more)
        if isinstance(result, int) and result.bit_length() > MOST_BITS:
            raise ResourceLimitError("a number is too large", token=None)
        return result

    return bounded
