"""Merge tags: what texts say of the people and things they are about."""

from groundlevel.areas.merge_tags.rendering import About, merged

__all__ = ["About", "merged"]
