"""Custom values, templates, permissions, channels and time zones of a sub-account."""

from datetime import timedelta

from groundlevel.conftest import Box


def test_a_custom_value_keeps_its_key_whatever_its_name(box: Box) -> None:
    values = f"/locations/{box.location_id}/customValues"
    made = box.location.post(values, json={"name": " Opening hours! ", "value": "9 to 5"})
    assert made.status_code == 201
    hours = made.json()["customValue"]
    assert hours == {
        "id": hours["id"], "name": "Opening hours!", "fieldKey": "{{ custom_values.opening_hours }}", "value": "9 to 5",
        "locationId": box.location_id,
    }  # fmt: skip
    twin = box.location.post(values, json={"name": "Opening Hours?", "value": ""}).json()["customValue"]
    assert twin["fieldKey"] == "{{ custom_values.opening_hours_2 }}"
    taken = box.location.post(values, json={"name": "Opening hours!", "value": ""})
    assert (taken.status_code, taken.json()["message"]) == (
        400, "This location already has a custom value named Opening hours!",
    )  # fmt: skip
    changed = box.location.put(f"{values}/{hours['id']}", json={"name": "When", "value": "8 to 4"}).json()
    assert changed == {"customValue": hours | {"name": "When", "value": "8 to 4"}}
    assert box.location.get(f"{values}/{hours['id']}").json() == changed
    assert box.location.get(values).json() == {"customValues": [twin, changed["customValue"]]}
    assert box.other.get(f"/locations/{box.other_location_id}/customValues").json() == {"customValues": []}
    assert box.location.put(f"{values}/{hours['id']}", json={"value": "x"}).json()["message"] == [
        "name must be a string"
    ]
    assert box.location.delete(f"{values}/{hours['id']}").json() == {"succeded": True}
    gone = box.location.delete(f"{values}/{hours['id']}")
    assert (gone.status_code, gone.json()["message"]) == (400, f"Custom value with id {hours['id']} not found")


def test_templates_are_listed_by_type_and_go_to_the_deleted_ones(box: Box) -> None:
    operators, templates = (f"{at}/locations/{box.location_id}/templates" for at in ("/operator", ""))
    mail = {"name": "Welcome", "type": "email", "subject": "Hello", "html": "<p>Hello</p>"}
    made = box.operator.post(operators, json=mail)
    assert made.status_code == 201
    assert made.json() == {
        "id": made.json()["id"], "name": "Welcome", "type": "email", "dateAdded": made.json()["dateAdded"],
        "locationId": box.location_id, "urlAttachments": [],
        "template": {"subject": "Hello", "html": "<p>Hello</p>", "attachments": []},
    }  # fmt: skip
    box.sandbox.move_clock(timedelta(seconds=1))
    text = box.operator.post(operators, json={"name": "Reminder", "type": "sms", "body": "Tomorrow!"}).json()
    bare = box.operator.post(operators, json={"name": "x", "type": "email", "body": "b"})
    assert bare.json()["message"] == ["subject should not be empty", "html should not be empty"]

    def listed(**params: str) -> tuple[list[str], int]:
        reply = box.location.get(templates, params={"originId": "x", **params}).json()
        return [t["name"] for t in reply["templates"]], reply["totalCount"]

    assert listed() == (["Reminder", "Welcome"], 2)
    assert listed(type="sms") == (["Reminder"], 1)
    assert listed(limit="1", skip="1") == (["Welcome"], 2)
    assert box.location.get(templates).json()["message"] == ["originId must be a string"]
    assert box.location.delete(f"{templates}/{text['id']}").json() == {"succeeded": True}
    assert box.location.delete(f"{templates}/{text['id']}").status_code == 400
    assert (listed(), listed(deleted="true")) == ((["Welcome"], 1), (["Reminder"], 1))


def test_an_agency_chooses_what_a_sub_account_may_use(box: Box) -> None:
    path = f"/locations/{box.location_id}/permissions"
    assert len(box.agency.get(path).json()["permissions"]) == 25
    chosen = box.agency.put(path, json={"permissions": ["crm", "calendar", "crm"]})
    assert (chosen.status_code, chosen.json()) == (200, {"permissions": ["crm", "calendar"]})
    assert box.agency.get(path).json() == chosen.json()
    assert box.agency.put(path, json={"permissions": []}).json() == {"permissions": []}
    assert box.agency.put(path, json={"permissions": ["all"]}).status_code == 422
    assert len(box.agency.get(f"/locations/{box.other_location_id}/permissions").json()["permissions"]) == 25
    assert box.location.get(path).status_code == 401


def test_one_provider_of_each_type_is_the_default(box: Box) -> None:
    providers = f"/operator/locations/{box.location_id}/providers"

    def connect(name: str, **said: object) -> str:
        box.sandbox.move_clock(timedelta(seconds=1))
        reply = box.operator.post(providers, json={"name": name, "type": "SMS", **said})
        assert reply.status_code == 201
        return reply.json()["id"]

    def channels(type: str = "SMS") -> object:
        reply = box.location.get(f"/locations/{box.location_id}/conversationChannels/{type}").json()
        found = reply["conversationChannel"][type]
        return [(e["conversationProvider"]["name"], e["conversationProvider"]["default"]) for e in found]

    assert channels() == []
    connect("First")
    second = connect("Second", default=True)
    connect("Post", type="Email")
    assert channels() == [("First", False), ("Second", True)]
    assert channels("Email") == [("Post", True)]
    assert box.operator.delete(f"{providers}/{second}").json() == {"succeeded": True}
    assert channels() == [("First", True)]
    assert box.operator.delete(f"{providers}/{second}").status_code == 400
    assert box.location.get(f"/locations/{box.location_id}/conversationChannels/Fax").status_code == 400


def test_time_zones_are_those_a_location_may_have(box: Box) -> None:
    found = box.location.get(f"/locations/{box.location_id}/timezones").json()["timeZones"]
    assert "Europe/Vienna" in found
    assert found == sorted(found)
