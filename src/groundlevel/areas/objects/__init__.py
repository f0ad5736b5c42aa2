"""Objects of a sub-account's own, everybody's objects, and their records."""

from groundlevel.areas.objects.events import RecordCreate, RecordDelete, RecordUpdate
from groundlevel.areas.objects.record import RECORDS, Record, record_or_400
from groundlevel.areas.objects.records import OfLocation, create_object_record, update_object_record
from groundlevel.areas.objects.schema import OBJECTS, ObjectSchema, object_or_400
from groundlevel.areas.objects.writing import NewRecord, RecordChange

__all__ = [
    "OBJECTS",
    "RECORDS",
    "NewRecord",
    "ObjectSchema",
    "OfLocation",
    "Record",
    "RecordChange",
    "RecordCreate",
    "RecordDelete",
    "RecordUpdate",
    "create_object_record",
    "object_or_400",
    "record_or_400",
    "update_object_record",
]
