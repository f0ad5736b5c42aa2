"""Opportunities, businesses and records of objects from files."""

from typing import Any

from groundlevel.conftest import Box


def taken(box: Box, kind: str, *lines: str) -> tuple[list[int], list[list[str]]]:
    """What was created, changed and refused of such a file, and the reasons."""
    imports = f"/operator/locations/{box.location_id}/imports"
    file = {"file": ("rows.csv", "\n".join(lines).encode())}
    sent = box.operator.post(f"{imports}/upload", data={"kind": kind}, files=file)
    assert sent.status_code == 201, sent.text
    id = sent.json()["id"]
    box.operator.post(f"{imports}/{id}/start")
    box.sandbox.work()
    told = box.operator.get(f"{imports}/{id}").json()
    refusals = box.operator.get(f"{imports}/{id}/refusals").json()["refusals"]
    return [told[name] for name in ("created", "changed", "refused")], [one["reasons"] for one in refusals]


def exported(box: Box, kind: str) -> list[dict[str, str]]:
    told = box.operator.get(f"/operator/locations/{box.location_id}/exports/{kind}").json()
    return [dict(zip(told["columns"], row, strict=True)) for row in told["rows"]]


def test_opportunities_find_their_contacts_and_stages(box: Box) -> None:
    here = f"/operator/locations/{box.location_id}"
    stages: list[dict[str, Any]] = [{"name": "New"}, {"name": "Won over"}]
    pipeline = box.operator.post(f"{here}/pipelines", json={"name": "Sales", "stages": stages}).json()
    ada, ben = (box.new_contact(email=f"{name}@example.com") for name in ("ada", "ben"))
    counts, reasons = taken(
        box,
        "opportunities",
        "Deal,Contact Email,Stage,Status,Value",
        'Roof,Ada@example.com,won over,,"$1,200.50"',
        "Door,ben@example.com,,Won,80",
        "Roof 2,ada@example.com,,,1300",
        "None,nobody@example.com,,,",
        "Lost,ben@example.com,Nowhere,,",
        ",ben@example.com,,perhaps,much",
    )
    assert counts == [2, 1, 3]
    assert reasons == [
        ["contactId, email or phone must name a contact"],
        ["pipelineStageId must name a stage of Sales, not Nowhere"],
        [
            "monetaryValue must be a number conforming to the specified constraints",
            "status must be one of the following values: abandoned, lost, open, won",
        ],
    ]
    found = {row["contactId"]: row for row in exported(box, "opportunities")}
    assert [found[ada][name] for name in ("name", "monetaryValue", "status")] == ["Roof 2", "1300", "open"]
    assert found[ada]["pipelineStageId"] == pipeline["stages"][1]["id"]
    assert [found[ben][name] for name in ("name", "monetaryValue", "status")] == ["Door", "80", "won"]
    assert [e["type"] for e in box.sandbox.events()[2:]] == [
        "OpportunityCreate", "OpportunityCreate", "OpportunityUpdate", "OpportunityMonetaryValueUpdate",
    ]  # fmt: skip


def test_businesses_are_told_apart_by_name(box: Box) -> None:
    head = "Company,Telephone,Zip"
    assert taken(box, "businesses", head, "Bakery,1,10", "Mill,2,", ",3,")[0] == [2, 0, 1]
    assert taken(box, "businesses", f"{head} ", "Bakery,,11", "Farm,,")[0] == [1, 1, 0]
    found = {row["name"]: row for row in exported(box, "businesses")}
    assert sorted(found) == ["Bakery", "Farm", "Mill"]
    assert (found["Bakery"]["phone"], found["Bakery"]["postalCode"]) == ("1", "11")


def test_records_of_objects_go_by_their_ids(box: Box) -> None:
    key, place = "custom_objects.pet", {"locationId": box.location_id}
    primary = {"key": "name", "name": "Name", "dataType": "TEXT"}
    labels = {"singular": "Pet", "plural": "Pets"}
    said = {"key": key, "labels": labels, "primaryDisplayPropertyDetails": primary}
    assert box.location.post("/objects/", json=place | said).status_code == 201
    assert taken(box, key, "Name", "Rex", "Tom")[0] == [2, 0, 0]
    (rex,) = (row["id"] for row in exported(box, key) if row["name"] == "Rex")
    counts, reasons = taken(box, key, "id,Name", f"{rex},Max", "nobody,Kim")
    assert (counts, reasons) == ([0, 1, 1], [["Record with id nobody not found"]])
    assert sorted(row["name"] for row in exported(box, key)) == ["Max", "Tom"]
