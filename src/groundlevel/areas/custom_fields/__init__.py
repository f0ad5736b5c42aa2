"""Custom fields: what a sub-account keeps of its records beyond what everybody keeps."""

from groundlevel.areas.custom_fields.field import (
    CUSTOM_FIELDS,
    OF_EVERYBODY,
    CustomField,
    CustomFieldGone,
    FieldOption,
    add_field,
    as_key,
    check_object,
    fields_of,
    with_fields,
)
from groundlevel.areas.custom_fields.folders import add_folder
from groundlevel.areas.custom_fields.object_fields import ObjectField, field_told
from groundlevel.areas.custom_fields.properties import Property, properties_shown, properties_written
from groundlevel.areas.custom_fields.values import DataType, Violation
from groundlevel.areas.custom_fields.written import FieldValue, FieldValueInput, written

__all__ = [
    "CUSTOM_FIELDS",
    "OF_EVERYBODY",
    "CustomField",
    "CustomFieldGone",
    "DataType",
    "FieldOption",
    "FieldValue",
    "FieldValueInput",
    "ObjectField",
    "Property",
    "Violation",
    "add_field",
    "add_folder",
    "as_key",
    "check_object",
    "field_told",
    "fields_of",
    "properties_shown",
    "properties_written",
    "with_fields",
    "written",
]
