"""Tasks: /contacts/{contactId}/tasks"""

from collections.abc import Callable
from typing import Any

import pytest

from groundlevel.conftest import Box

Happened = Callable[[], list[str]]
CALL = {"title": "Call", "dueDate": "2027-03-01T15:00:00Z", "completed": False}


@pytest.fixture
def path(box: Box, happened: Happened) -> str:
    """Where the tasks of a new contact are."""
    id = box.new_contact(name="Anna")
    happened()
    return f"/contacts/{id}/tasks"


def test_a_task_is_added_read_changed_and_removed(
    box: Box, path: str, happened: Happened, still: Callable[[str], None]
) -> None:
    still("2027-02-01T09:00:00")
    contact_id = path.split("/")[2]
    said = {**CALL, "dueDate": "2027-03-01T16:00:00+01:00", "body": "soon", "assignedTo": box.user_id}
    added = box.location.post(path, json=said)
    task = {
        **said, "id": added.json()["task"]["id"], "contactId": contact_id, "dueDate": "2027-03-01T15:00:00.000Z",
        "dateAdded": "2027-02-01T09:00:00.000Z",
    }  # fmt: skip
    assert (added.status_code, added.json()) == (201, {"task": task})
    one = f"{path}/{task['id']}"
    assert box.v2.get(one).json() == {"task": task}
    assert box.location.get(path).json() == {"tasks": [task]}
    changed = box.location.put(one, json={"title": "Write", "body": None}).json()["task"]
    assert changed == {k: v for k, v in task.items() if k != "body"} | {"title": "Write"}
    assert box.sandbox.events()[-1] == {
        "type": "TaskCreate", "locationId": box.location_id, "id": task["id"], "contactId": contact_id,
        "title": "Call", "body": "soon", "assignedTo": box.user_id, "dueDate": "2027-03-01T15:00:00.000Z",
        "dateAdded": "2027-02-01T09:00:00.000Z",
    }  # fmt: skip
    assert box.location.delete(one).json() == {"succeeded": True, "succeded": True}
    assert (box.location.get(path).json(), happened()) == ({"tasks": []}, ["TaskCreate", "TaskDelete"])


def test_completion_is_told_once(box: Box, path: str, happened: Happened) -> None:
    one = f"{path}/{box.location.post(path, json=CALL).json()['task']['id']}"
    happened()
    steps: list[tuple[str, dict[str, Any], list[str]]] = [
        (f"{one}/completed", {"completed": False}, []),
        (f"{one}/completed", {"completed": True}, ["TaskComplete"]),
        (f"{one}/completed", {"completed": True}, []),
        (one, {"title": "again", "completed": True}, []),
        (one, {"completed": False}, []),
        (one, {"completed": True}, ["TaskComplete"]),
    ]
    for where, said, events in steps:
        task = box.location.put(where, json=said).json()["task"]
        assert (said, task["completed"], happened()) == (said, said["completed"], events)
    assert box.v2.delete(one).json() == {"succeded": True}


def test_one_that_comes_completed_is_told_so(box: Box, path: str, happened: Happened) -> None:
    box.location.post(path, json={**CALL, "completed": True})
    assert happened() == ["TaskCreate", "TaskComplete"]


REFUSED: list[tuple[dict[str, Any], int, Any]] = [
    ({}, 422, ["title must be a string", "dueDate must be a valid ISO 8601 date string",
               "completed must be a boolean value"]),
    ({**CALL, "dueDate": "tomorrow"}, 422, ["dueDate must be a valid ISO 8601 date string"]),
    ({**CALL, "dueDate": "2027-02-30"}, 422, ["dueDate must be a valid ISO 8601 date string"]),
    ({**CALL, "completed": "no", "status": "open"}, 422, ["property status should not exist",
                                                          "completed must be a boolean value"]),
    ({**CALL, "assignedTo": "nobody"}, 400, "User with id nobody not found"),
]  # fmt: skip


def test_what_does_not_fit_is_refused(box: Box, path: str, happened: Happened) -> None:
    for said, status, message in REFUSED:
        reply = box.location.post(path, json=said)
        assert (reply.status_code, reply.json()["message"]) == (status, message)
    assert (box.location.get(path).json(), happened()) == ({"tasks": []}, [])


def test_a_task_is_found_on_its_own_contact_only(box: Box, path: str, happened: Happened) -> None:
    id = box.location.post(path, json=CALL).json()["task"]["id"]
    elsewhere = f"/contacts/{box.new_contact(name='Bo')}/tasks/{id}"
    happened()
    for client, asked in ((box.location, elsewhere), (box.other, f"{path}/{id}")):
        done = client.put(f"{asked}/completed", json={"completed": True})
        for reply in (client.get(asked), client.put(asked, json={"title": "y"}), client.delete(asked), done):
            assert (reply.status_code, reply.json()["message"]) == (404, f"Task with id {id} not found")
    assert box.location.get(f"{path}/{id}").json()["task"]["title"] == "Call"
    assert happened() == []
