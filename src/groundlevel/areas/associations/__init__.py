"""Associations between objects, and the relations of their records."""

from groundlevel.areas.associations.relating import forget_relations, related_ids
from groundlevel.areas.associations.relations import with_records

__all__ = ["forget_relations", "related_ids", "with_records"]
