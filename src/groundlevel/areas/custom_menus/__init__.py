"""Entries that an agency adds to the menus of its people and its sub-accounts."""

from groundlevel.areas.custom_menus.custom_menus import CUSTOM_MENUS, CustomMenu

__all__ = ["CUSTOM_MENUS", "CustomMenu"]
