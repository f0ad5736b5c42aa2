"""All kinds of records that can be imported."""

from groundlevel.areas.transfers.businesses_in import BUSINESSES_IN
from groundlevel.areas.transfers.contacts_in import CONTACTS_IN
from groundlevel.areas.transfers.kinds import Kind
from groundlevel.areas.transfers.opportunities_in import OPPORTUNITIES_IN
from groundlevel.areas.transfers.records_in import records_kind
from groundlevel.kernel.problems import BadRequest

KINDS = {kind.name: kind for kind in (CONTACTS_IN, OPPORTUNITIES_IN, BUSINESSES_IN)}
OBJECTS = "custom_objects."
"""What the keys of a sub-account's own objects begin with: each is a kind, too."""


def kind_named(name: str) -> Kind:
    """One of these, or the records of the object with this key; 400 for another name."""
    if name.startswith(OBJECTS):
        return records_kind(name)
    if name not in KINDS:
        raise BadRequest(f"{name} cannot be imported; these can: {', '.join(KINDS)}, and objects by their keys")
    return KINDS[name]
