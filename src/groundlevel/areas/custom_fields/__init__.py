"""Custom fields: what a sub-account keeps of its contacts and opportunities beyond what everybody keeps."""

from groundlevel.areas.custom_fields.definitions import CUSTOM_FIELDS, CustomField, CustomFieldGone
from groundlevel.areas.custom_fields.written import FieldValue, FieldValueInput, written

__all__ = ["CUSTOM_FIELDS", "CustomField", "CustomFieldGone", "FieldValue", "FieldValueInput", "written"]
