"""The demo's own object: pets that come along to the dentist, because they calm their owners."""

from random import Random
from typing import Any

from groundlevel.areas.associations.associations import NewAssociation, create_association
from groundlevel.areas.associations.relations import NewRelation, create_relation
from groundlevel.areas.custom_fields import DataType
from groundlevel.areas.custom_fields.folders import NewFolder, create_custom_field_folder
from groundlevel.areas.custom_fields.object_fields import NewObjectField, OptionInput, create_custom_field
from groundlevel.areas.objects.records import create_object_record
from groundlevel.areas.objects.schemas import (
    Labels,
    NewObject,
    ObjectChange,
    PrimaryProperty,
    create_custom_object_schema,
    update_custom_object,
)
from groundlevel.areas.objects.writing import NewRecord
from groundlevel.demo.people import Spell
from groundlevel.kernel.ctx import Ctx

KEY, ASSOCIATION = "custom_objects.pet", "pet_owner"
EVERY = 4
"""One in so many customers has one."""
NAMES = (
    "Biscuit Clover Domino Echo Figaro Gus Hazel Iggy Juno Kipper Luna Mocha Nacho Olive Pepper Rusty Saffron Truffle"
)
BREEDS = {
    "dog": ("Labrador", "Beagle", "Collie mix", "Dachshund", "Poodle"),
    "cat": ("Siamese", "Maine Coon", "Domestic shorthair"),
    "bird": ("Cockatiel", "Budgerigar"),
}
FIELDS: tuple[tuple[str, str, DataType, tuple[str, ...]], ...] = (
    ("kind", "Kind", "SINGLE_OPTIONS", ("Dog", "Cat", "Bird")),
    ("breed", "Breed", "TEXT", ()),
    ("born", "Born", "DATE", ()),
    ("weight", "Weight in pounds", "NUMERICAL", ()),
    ("manners", "Manners", "CHECKBOX", ("Quiet", "Housebroken", "Good with children", "Afraid of drills")),
    ("insured_for", "Insured for", "MONETORY", ()),
)


def define_pets(ctx: Ctx) -> tuple[str, dict[str, str]]:
    """The object, its fields and whose they are: the association's id, and the ids to know."""
    here = ctx.location_id
    labels, primary = Labels(singular="Pet", plural="Pets"), PrimaryProperty(key="name", name="Name", data_type="TEXT")
    new = NewObject(
        labels=labels, key=KEY, location_id=here, primary_display_property_details=primary,
        description="Animals that come along to appointments",
    )  # fmt: skip
    create_custom_object_schema(ctx, new)
    folder = create_custom_field_folder(ctx, NewFolder(object_key=KEY, name="About the animal", location_id=here))
    for key, name, kind, options in FIELDS:
        field = NewObjectField(
            location_id=here, show_in_forms=True, name=name, data_type=kind, field_key=key, object_key=KEY,
            parent_id=folder.id,
        )  # fmt: skip
        if options:
            field.options = [OptionInput(label=label) for label in options]
        create_custom_field(ctx, field)
    searched = [f"{KEY}.{name}" for name in ("name", "breed")]
    update_custom_object(ctx, KEY, ObjectChange(location_id=here, searchable_properties=searched))
    by = NewAssociation(
        location_id=here, key=ASSOCIATION, first_object_key="contact", first_object_label="Owner",
        second_object_key=KEY, second_object_label="Pet",
    )  # fmt: skip
    association = create_association(ctx, by)
    return association.id, {"schemaKey": KEY, "fieldFolderId": folder.id, "associationKey": ASSOCIATION}


def pet(when: Spell, dice: Random) -> dict[str, Any]:
    """The properties of an animal."""
    kind = dice.choice(("dog", "dog", "cat", "bird"))
    years, manners = dice.randrange(1, 13), ("quiet", "housebroken", "good_with_children", "afraid_of_drills")
    said: dict[str, Any] = {
        "name": dice.choice(NAMES.split()),
        "kind": kind,
        "breed": dice.choice(BREEDS[kind]),
        "born": f"{when.start.year - years}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}",
        "weight": dice.randrange(8, 80) if kind == "dog" else dice.randrange(1, 14),
        "manners": sorted(dice.sample(manners, dice.randint(1, 2))),
    }
    if dice.random() < 0.3:
        said["insured_for"] = {"currency": "USD", "value": dice.randrange(10, 60) * 100}
    return said


def come_along(ctx: Ctx, association_id: str, contact_id: str, properties: dict[str, Any]) -> None:
    """A contact brings its pet for the first time."""
    here = ctx.location_id
    record = create_object_record(ctx, KEY, NewRecord(location_id=here, properties=properties)).record
    relation = NewRelation(
        location_id=here, association_id=association_id, first_record_id=contact_id, second_record_id=record.id
    )
    create_relation(ctx, relation)
