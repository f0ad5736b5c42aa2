"""Tasks of all contacts of a sub-account, and those that are made again and again."""

from datetime import timedelta
from typing import Any

from groundlevel.conftest import Box

DUE = "2030-01-01T10:00:00.000Z"


def searched(box: Box, **said: Any) -> list[str]:
    reply = box.location.post(f"/locations/{box.location_id}/tasks/search", json=said)
    assert reply.status_code == 200, reply.text
    return [t["title"] for t in reply.json()["tasks"]]


def test_tasks_are_found_across_contacts(box: Box) -> None:
    business = box.location.post("/businesses/", json={"locationId": box.location_id, "name": "Bakery"}).json()
    anna, bea = box.new_contact(firstName="Anna", lastName="Alm"), box.new_contact(firstName="Bea")
    joined = {"locationId": box.location_id, "ids": [bea], "businessId": business["buiseness"]["id"]}
    assert box.location.post("/contacts/bulk/business", json=joined).status_code == 200

    def add(contact: str, title: str, **said: Any) -> dict[str, Any]:
        box.sandbox.move_clock(timedelta(seconds=1))
        body = {"title": title, "dueDate": DUE, "completed": False, **said}
        return box.location.post(f"/contacts/{contact}/tasks", json=body).json()["task"]

    call = add(anna, "Call", assignedTo=box.user_id, body="About the QUOTE")
    add(anna, "Write", completed=True)
    add(bea, "Visit")
    first = box.location.post(f"/locations/{box.location_id}/tasks/search", json={"query": "quote"}).json()
    assert first == {
        "tasks": [
            {
                "_id": call["id"], "locationId": box.location_id, "contactId": anna, "title": "Call", "dueDate": DUE,
                "completed": False, "dateAdded": call["dateAdded"], "body": "About the QUOTE",
                "assignedTo": box.user_id, "contactDetails": {"firstName": "Anna", "lastName": "Alm"},
            }
        ]
    }  # fmt: skip
    assert searched(box) == ["Visit", "Write", "Call"]
    assert searched(box, limit=1, skip=1) == ["Write"]
    assert searched(box, completed=True) == ["Write"]
    assert searched(box, contactId=[anna], completed=False) == ["Call"]
    assert searched(box, assignedTo=[box.user_id, "nobody"]) == ["Call"]
    assert searched(box, query="wr") == ["Write"]
    assert searched(box, businessId=business["buiseness"]["id"]) == ["Visit"]
    assert searched(box, businessId="nobody") == []
    assert box.other.post(f"/locations/{box.other_location_id}/tasks/search", json={}).json() == {"tasks": []}


def test_tasks_recur_until_they_have_been_made_often_enough(box: Box) -> None:
    recurring, anna = f"/locations/{box.location_id}/recurring-tasks", box.new_contact(firstName="Anna")
    box.sandbox.clock.move_to(box.sandbox.clock.now().replace(hour=6, minute=0, second=0, microsecond=0))
    start = box.sandbox.clock.now().date().isoformat()
    rule = {"intervalType": "daily", "interval": 1, "startDate": f"{start}T05:00:00Z", "dueAfterSeconds": 3600}
    body = {
        "title": "Water", "contactIds": [anna, anna], "owners": [box.user_id],
        "rruleOptions": rule | {"count": 3, "createTaskIfOverDue": True},
    }  # fmt: skip
    reply = box.location.post(recurring, json=body)
    assert reply.status_code == 201
    made = reply.json()["recurringTask"]
    assert made == {
        "id": made["id"], "title": "Water", "description": "", "locationId": box.location_id, "deleted": False,
        "createdAt": made["createdAt"], "updatedAt": made["createdAt"], "rruleOptions": body["rruleOptions"],
        "totalOccurrence": 1, "contactId": anna, "assignedTo": box.user_id,
    }  # fmt: skip
    assert box.location.get(f"{recurring}/{made['id']}").json() == {"recurringTask": made}
    (task,) = box.location.get(f"/contacts/{anna}/tasks").json()["tasks"]
    assert (task["title"], task["assignedTo"], task["completed"]) == ("Water", box.user_id, False)
    assert (task["dateAdded"][11:16], task["dueDate"][11:16]) == ("06:00", "07:00")
    for _ in range(5):
        box.sandbox.move_clock(timedelta(days=1))
        box.sandbox.work()
    assert searched(box) == ["Water"] * 3
    now = box.location.get(f"{recurring}/{made['id']}").json()["recurringTask"]
    assert now["totalOccurrence"] == 3


def test_what_recurs_is_changed_and_ended(box: Box) -> None:
    recurring, anna = f"/locations/{box.location_id}/recurring-tasks", box.new_contact(firstName="Anna")
    rule = {"intervalType": "hourly", "interval": 1, "startDate": "2020-01-01T00:00:00Z", "dueAfterSeconds": 60}
    body = {"title": "Look", "contactIds": [anna], "rruleOptions": rule, "ignoreTaskCreation": True}
    id = box.location.post(recurring, json=body).json()["recurringTask"]["id"]
    assert searched(box) == []
    for _ in range(3):  # while the one before is overdue, no other is made
        box.sandbox.move_clock(timedelta(hours=1))
        box.sandbox.work()
    assert searched(box) == ["Look"]
    path = f"{recurring}/{id}"
    assert box.location.put(path, json={"title": "Look again"}).json()["recurringTask"]["title"] == "Look again"
    (task,) = box.location.get(f"/contacts/{anna}/tasks").json()["tasks"]
    box.location.put(f"/contacts/{anna}/tasks/{task['id']}/completed", json={"completed": True})
    box.sandbox.move_clock(timedelta(hours=1))
    box.sandbox.work()
    assert searched(box) == ["Look again", "Look"]
    for wrong, status in (
        ({"owners": ["nobody"]}, 400), ({"contactIds": ["nobody"]}, 400),
        ({"rruleOptions": rule | {"endDate": "2021-01-01"}}, 200),
        ({"rruleOptions": rule | {"dayOfMonth": 32}}, 422),
    ):  # fmt: skip
        assert box.location.put(path, json=wrong).status_code == status, wrong
    never = box.location.post(recurring, json=body | {"rruleOptions": rule | {"endDate": "2021-01-01"}})
    assert (never.status_code, never.json()["message"]) == (422, ["rruleOptions must name a moment to come"])
    assert box.location.delete(path).json() == {"id": id, "success": True}
    assert box.location.get(path).status_code == 400
    again = box.location.post(recurring, json=body).json()["recurringTask"]["id"]
    box.location.delete(f"/contacts/{anna}")
    assert box.location.get(f"{recurring}/{again}").status_code == 400
    box.sandbox.move_clock(timedelta(hours=2))
    box.sandbox.work()
    assert searched(box) == []
