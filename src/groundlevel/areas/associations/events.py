"""What can happen to associations and relations, with the payloads that webhooks carry."""

from groundlevel.kernel.events import Event


class AssociationEvent(Event):
    """What all events of an association say of it."""

    location_id: str
    id: str
    key: str
    association_type: str
    first_object_key: str
    first_object_label: str
    second_object_key: str
    second_object_label: str


class AssociationCreate(AssociationEvent):
    """An association was defined."""


class AssociationUpdate(AssociationEvent, kw_only=True):
    """An association has other labels."""

    first_object_to_second_object_cardinality: str
    second_object_to_first_object_cardinality: str


class AssociationDelete(AssociationEvent, kw_only=True):
    """An association was deleted, and its relations with it."""

    first_object_to_second_object_cardinality: str
    second_object_to_first_object_cardinality: str


class RelationEvent(Event):
    """What all events of a relation say of it."""

    location_id: str
    id: str
    association_id: str
    first_object_key: str
    first_record_id: str
    second_object_key: str
    second_record_id: str


class RelationCreate(RelationEvent):
    """Two records were related."""


class RelationDelete(RelationEvent):
    """Two records are no longer related."""
