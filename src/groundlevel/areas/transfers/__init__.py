"""Records from files, and into files."""

from groundlevel.areas.transfers.columns import WrongColumns, said
from groundlevel.areas.transfers.imports import (
    IMPORTS,
    REFUSALS,
    Import,
    KeptImport,
    Refusal,
    begun,
    every_refusal,
    fingerprint,
    same_before,
    take,
)
from groundlevel.areas.transfers.known import kind_named
from groundlevel.areas.transfers.outward import PLAIN, Outward, outward, rows_of, text_of
from groundlevel.areas.transfers.reading import NotReadable, Sheet, looked_over

__all__ = [
    "IMPORTS",
    "PLAIN",
    "REFUSALS",
    "Import",
    "KeptImport",
    "NotReadable",
    "Outward",
    "Refusal",
    "Sheet",
    "WrongColumns",
    "begun",
    "every_refusal",
    "fingerprint",
    "kind_named",
    "looked_over",
    "outward",
    "rows_of",
    "said",
    "same_before",
    "take",
    "text_of",
]
