"""Documents in SQL: tables are declared, questions are conditions, and every one of them has an owner."""

from groundlevel.kernel.store.query import (
    All,
    Any_,
    Condition,
    Contains,
    Eq,
    Exists,
    Has,
    HasRange,
    In,
    Not,
    Prefix,
    Range,
    Sort,
    Text,
)
from groundlevel.kernel.store.table import Table
from groundlevel.kernel.store.unit import DatabaseTrouble, NothingYet, Owners, Store, Unit

__all__ = [
    "All",
    "Any_",
    "Condition",
    "Contains",
    "DatabaseTrouble",
    "Eq",
    "Exists",
    "Has",
    "HasRange",
    "In",
    "Not",
    "NothingYet",
    "Owners",
    "Prefix",
    "Range",
    "Sort",
    "Store",
    "Table",
    "Text",
    "Unit",
]
