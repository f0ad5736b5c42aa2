"""Objects of a sub-account's own, everybody's objects, and their records."""

from groundlevel.areas.objects.events import RecordCreate, RecordDelete, RecordUpdate
from groundlevel.areas.objects.record import RECORDS, Record, record_or_400
from groundlevel.areas.objects.schema import OBJECTS, ObjectSchema, object_or_400

__all__ = [
    "OBJECTS",
    "RECORDS",
    "ObjectSchema",
    "Record",
    "RecordCreate",
    "RecordDelete",
    "RecordUpdate",
    "object_or_400",
    "record_or_400",
]
