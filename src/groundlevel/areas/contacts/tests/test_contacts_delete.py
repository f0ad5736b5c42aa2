"""Removing a contact, and reading one: DELETE and GET /contacts/{contactId}"""

from collections.abc import Callable

from groundlevel.areas.contacts.notes import NOTES
from groundlevel.areas.contacts.tasks import TASKS
from groundlevel.conftest import Box
from groundlevel.kernel.store import Owners


def test_a_contact_goes_with_its_notes_and_tasks(box: Box, happened: Callable[[], list[str]]) -> None:
    id, stays = box.new_contact(name="A"), box.new_contact(name="B")
    for contact in (id, stays):
        box.location.post(f"/contacts/{contact}/notes", json={"body": "hello"})
        task = {"title": "call", "dueDate": "2027-03-01T15:00:00Z", "completed": False}
        box.location.post(f"/contacts/{contact}/tasks", json=task)
    happened()
    reply = box.location.delete(f"/contacts/{id}")
    assert reply.status_code == 200
    assert reply.json() == {"succeeded": True, "succeded": True, "traceId": reply.json()["traceId"]}
    assert happened() == ["ContactDelete"]
    assert box.location.get(f"/contacts/{id}").status_code == 400
    db = box.sandbox.app.store.read(Owners(box.location_id))
    assert [n.contact_id for n in db.find(NOTES)] == [stays]
    assert [t.contact_id for t in db.find(TASKS)] == [stays]


def test_the_reply_of_the_older_version(box: Box) -> None:
    reply = box.v2.delete(f"/contacts/{box.new_contact(name='A')}")
    assert reply.json() == {"succeded": True, "traceId": reply.json()["traceId"]}


def test_the_email_is_free_again(box: Box) -> None:
    box.location.delete(f"/contacts/{box.new_contact(email='a@b.se')}")
    box.new_contact(email="a@b.se")


def test_an_unknown_contact_and_a_neighbours(box: Box, happened: Callable[[], list[str]]) -> None:
    id = box.new_contact(name="A")
    happened()
    for client, asked in ((box.location, "nobody"), (box.other, id)):
        for reply in (client.delete(f"/contacts/{asked}"), client.get(f"/contacts/{asked}")):
            assert reply.status_code == 400
            assert reply.json() == {
                "statusCode": 400,
                "message": f"Contact with id {asked} not found",
                "error": "Bad Request",
                "traceId": reply.json()["traceId"],
            }
    assert happened() == []
    assert box.location.get(f"/contacts/{id}").status_code == 200
