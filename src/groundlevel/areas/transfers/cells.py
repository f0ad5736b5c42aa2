"""What stands in a cell, as the API's shapes want it. Pure."""

import math
import re
from typing import Any

from groundlevel.areas.custom_fields import CustomField

WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
MANY = ("CHECKBOX", "MULTIPLE_OPTIONS")


def several(text: str) -> list[str]:
    """What stands between commas, semicolons or bars."""
    return [part for one in re.split(r"[,;|]", text) if (part := one.strip())]


def truth(text: str) -> Any:
    """Yes or no in the usual words; another text as it is, for the shape to refuse."""
    return WORDS.get(text.lower(), text)


def value_of(field: CustomField, text: str) -> Any:
    """A custom field's value, for its own rules to look at."""
    if field.data_type in MANY:
        return [text] if text in field.labels else several(text)
    if field.data_type == "TEXTBOX_LIST":
        pairs = (line.partition(":") for line in text.splitlines())
        return {label.strip(): value.strip() for label, _, value in pairs}
    return text


def number(text: str) -> Any:
    """An amount, with or without thousands' commas and a currency's sign; another text as it is."""
    bare = text.replace(",", "").strip("$€£ ")
    try:
        return float(bare) if math.isfinite(float(bare)) else text
    except ValueError:
        return text
