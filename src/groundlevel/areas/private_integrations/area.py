"""Private integrations: tokens that a person makes for an agency or a sub-account."""

from groundlevel.areas.operator import area

__all__ = ["area"]
