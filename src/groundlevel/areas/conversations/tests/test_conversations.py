"""The life of a conversation: it comes with its contact, follows it, is read and starred, and goes."""

from concurrent.futures import ThreadPoolExecutor

from msgspec.structs import replace

from groundlevel.areas.contacts import CONTACTS
from groundlevel.areas.conversations import MESSAGES, Sending, conversation_id, send
from groundlevel.areas.conversations.tests.conftest import MAIL, PHONE, Talk
from groundlevel.conftest import Box
from groundlevel.kernel.caller import OPERATOR
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.store import Owners

EXISTS = "CONVERSATIONS_CONVERSATION_ALREADY_EXISTS"


def test_it_comes_with_its_contact(talk: Talk) -> None:
    box = talk.box
    (made,) = talk.found()
    at = made["dateAdded"]
    assert made == {
        "id": talk.id, "contactId": talk.anna, "locationId": box.location_id, "lastMessageBody": "",
        "lastMessageType": "TYPE_NO_SHOW", "type": "TYPE_PHONE", "unreadCount": 0, "fullName": "Anna Alm",
        "contactName": "Anna Alm", "email": MAIL, "phone": PHONE, "companyName": "", "starred": False, "inbox": True,
        "deleted": False, "isLastMessageInternalComment": False, "dateAdded": at, "dateUpdated": at,
        "lastMessageDate": at, "lastManualMessageDate": None, "lastMessageDirection": None,
        "lastOutboundMessageAction": None, "assignedTo": None, "followers": [], "mentions": [], "tags": [],
        "sort": [at, talk.id],
    }  # fmt: skip
    again = box.location.post("/conversations/", json=talk.place | {"contactId": talk.anna})
    told = again.json()
    assert (again.status_code, told["message"], told["canonicalCode"], told["conversationId"]) == (
        400, "Conversation already exists", EXISTS, talk.id,
    )  # fmt: skip
    assert box.location.get(f"/conversations/{talk.id}").json() == {
        "id": talk.id, "contactId": talk.anna, "locationId": box.location_id, "deleted": False, "inbox": True,
        "type": 1, "unreadCount": 0, "starred": False, "dateAdded": at, "dateUpdated": at, "lastMessageDate": at,
        "lastMessageBody": "", "followers": [],
    }  # fmt: skip


def test_it_follows_its_contact(talk: Talk) -> None:
    box, at = talk.box, f"/contacts/{talk.anna}"
    box.location.put(at, json={"lastName": "Berg", "phone": "", "companyName": "Mill", "assignedTo": box.user_id})
    box.location.post(f"{at}/followers", json={"followers": [box.user_id]})
    box.location.post(f"{at}/tags", json={"tags": ["vip"]})
    (now,) = talk.found(query="anna ber", assignedTo=box.user_id, followers=f"x,{box.user_id}")
    told = {name: now[name] for name in ("fullName", "phone", "type", "companyName", "assignedTo", "followers", "tags")}
    assert told == {
        "fullName": "Anna Berg", "phone": "", "type": "TYPE_EMAIL", "companyName": "Mill", "assignedTo": box.user_id,
        "followers": [box.user_id], "tags": ["vip"],
    }  # fmt: skip
    box.location.delete(at)
    assert talk.found() == []
    assert box.location.get(f"/conversations/{talk.id}").status_code == 400


def test_reading_and_starring_are_told(talk: Talk) -> None:
    box, at = talk.box, f"/conversations/{talk.id}"
    for _ in range(2):
        talk.comes()
    before = len(box.sandbox.events())
    read = box.location.put(at, json=talk.place | {"unreadCount": 0, "starred": True, "feedback": "positive"}).json()
    kept = read["conversation"]
    assert read == {"success": True, "conversation": {
        "id": talk.id, "locationId": box.location_id, "contactId": talk.anna, "unreadCount": 0, "inbox": True,
        "starred": True, "deleted": False, "lastMessageDate": kept["lastMessageDate"], "lastMessageBody": "Hi there",
        "lastMessageType": "TYPE_SMS", "feedback": "positive",
    }}  # fmt: skip
    box.location.put(at, json=talk.place | {"starred": False})
    assert box.sandbox.events(before) == [{
        "type": "ConversationUnreadUpdate", "locationId": box.location_id, "id": talk.id, "contactId": talk.anna,
        "unreadCount": 0, "inbox": True, "starred": True, "deleted": False,
    }]  # fmt: skip


def test_a_removed_one_begins_anew_with_the_next_message(talk: Talk) -> None:
    box = talk.box
    first = talk.comes()["messageId"]
    assert box.location.delete(f"/conversations/{talk.id}").json() == {"success": True}
    assert talk.found() == []
    assert box.location.get(f"/conversations/messages/{first}").status_code == 400
    second = talk.comes(message="Still there")
    assert second["conversationId"] == talk.id, "a contact's conversation keeps its id"
    assert [m["body"] for m in talk.thread()] == ["Still there"]
    box.location.delete(f"/conversations/{talk.id}")
    begun = box.location.post("/conversations/", json=talk.place | {"contactId": talk.anna}).json()
    at = begun["conversation"]["dateAdded"]
    assert begun == {"success": True, "conversation": {
        "id": talk.id, "dateUpdated": at, "dateAdded": at, "deleted": False, "contactId": talk.anna,
        "locationId": box.location_id, "lastMessageDate": at,
    }}  # fmt: skip


def test_what_was_much_is_removed_in_portions(talk: Talk) -> None:
    for number in range(3):
        talk.comes(message=f"Message {number}")

    def many(ctx: Ctx) -> None:
        one = ctx.db.find(MESSAGES, limit=1)[0]
        ctx.db.put_many(MESSAGES, [replace(one, id=f"Many{number:016}") for number in range(450)])

    talk.box.sandbox.do(Owners(talk.box.location_id, talk.box.company_id), many)
    talk.box.location.delete(f"/conversations/{talk.id}")
    assert talk.box.sandbox.work() == 2
    exported = talk.box.location.get("/conversations/messages/export", params=talk.place).json()
    assert (exported["messages"], exported["total"]) == ([], 0)


def test_a_contact_has_one_however_many_write_to_it_at_once(talk: Talk) -> None:
    """On PostgreSQL units of work really run at once."""
    box = talk.box
    box.location.delete(f"/conversations/{talk.id}")
    store, owners = box.sandbox.app.store, Owners(box.location_id, box.company_id, system=True)

    def write(number: int) -> str:
        def work(db: object) -> str:
            ctx = Ctx(OPERATOR, db, box.sandbox.clock.now(), box.sandbox.app.settings)  # type: ignore[arg-type]
            contact = ctx.db.get(CONTACTS, talk.anna)
            assert contact
            return send(ctx, contact, Sending(channel="SMS", text=f"Message {number}")).message.conversation_id

        return store.write(owners, work)

    if store.several_processes:
        with ThreadPoolExecutor(6) as threads:
            ids = set(threads.map(write, range(12)))
    else:
        ids = {write(number) for number in range(12)}
    assert ids == {talk.id}
    assert len(talk.found()) == 1
    assert sorted(m["body"] for m in talk.thread(limit=100)) == sorted(f"Message {n}" for n in range(12))


def test_ids_are_as_good_as_any(box: Box) -> None:
    contact = "abcDEF0123456789xyZZ"
    made = conversation_id(contact)
    assert (len(made), made.isalnum(), made != contact) == (20, True, True)
    assert len({conversation_id(contact[:-1] + last) for last in "abcdefghij0123456789"}) == 20


def test_the_next_page_begins_behind_a_message_of_the_same_conversation(talk: Talk) -> None:
    other = talk.box.new_contact(firstName="Bea", phone="+14155550188")
    strange = talk.send(other)["messageId"]
    reply = talk.box.location.get(f"/conversations/{talk.id}/messages", params={"lastMessageId": strange})
    assert (reply.status_code, reply.json()["message"]) == (400, f"Message with id {strange} not found")


def test_what_leads_a_conversation_is_how_its_contact_can_be_reached(talk: Talk) -> None:
    box = talk.box
    mailed = box.new_contact(firstName="Mail", email="only@client.com")
    befriended, reviewing, nothing = (box.new_contact(firstName=name) for name in ("Face", "Star", "None"))
    talk.comes(befriended, type="FB", message="Hello")
    at = f"/operator/locations/{box.location_id}/reviews"
    box.operator.post(at, json={"contactId": reviewing, "reviewId": "r", "stars": 4})
    for contact, number, name in (
        (talk.anna, 1, "TYPE_PHONE"), (mailed, 2, "TYPE_EMAIL"), (befriended, 3, "TYPE_FB_MESSENGER"),
        (reviewing, 4, "TYPE_REVIEW"), (nothing, 1, "TYPE_PHONE"),
    ):  # fmt: skip
        (found,) = talk.found(contactId=contact)
        assert (found["type"], box.location.get(f"/conversations/{found['id']}").json()["type"]) == (name, number)
