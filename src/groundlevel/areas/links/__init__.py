"""Trigger links, and who has followed them."""

from groundlevel.areas.links.clicks import LinkClicked, follow
from groundlevel.areas.links.links import LINKS, Link, address_of

__all__ = ["LINKS", "Link", "LinkClicked", "address_of", "follow"]
