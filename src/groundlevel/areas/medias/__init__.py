"""Files and folders of sub-accounts."""

from groundlevel.areas.medias.keeping import Allowed, Kept, kept_from, recorded, taken_in
from groundlevel.areas.medias.kinds import kind_named
from groundlevel.areas.medias.medias import MEDIAS, ROOT, Media
from groundlevel.areas.medias.removal import remove_attached
from groundlevel.areas.medias.serving import Served, found_at, served

__all__ = [
    "MEDIAS",
    "ROOT",
    "Allowed",
    "Kept",
    "Media",
    "Served",
    "found_at",
    "kept_from",
    "kind_named",
    "recorded",
    "remove_attached",
    "served",
    "taken_in",
]
