"""What the oracle asks of sub-accounts, users, links and media."""

from typing import Any

from groundlevel.kernel.versions import V2


def places(oracle: Any, version: str, _: dict[str, str]) -> None:
    """What a sub-account is set up with, from first to last."""
    ask, here = oracle.ask, f"/locations/{oracle.box.location_id}"
    contact = oracle.box.new_contact(firstName="Task")
    ask(version, "GET", here)
    ask(version, "GET", "/locations/search", params={"limit": 5})
    ask(version, "GET", f"{here}/timezones")
    value = ask(version, "POST", f"{here}/customValues", json={"name": f"Hours {version}", "value": "9"})
    at = f"{here}/customValues/{value['customValue']['id']}"
    for method, body in (("GET", None), ("PUT", {"name": f"Times {version}", "value": "8"}), ("DELETE", None)):
        ask(version, method, at, **({"json": body} if body else {}))
    ask(version, "GET", f"{here}/customValues")
    there = f"/operator{here}"
    mail = {
        "name": "Welcome",
        "type": "email",
        "subject": "s",
        "html": "<p>h</p>",
        "urlAttachments": ["https://e.com/a"],
    }
    for template in (mail, {"name": "Soon", "type": "sms", "body": "b"}):
        id = oracle.box.operator.post(f"{there}/templates", json=template).json()["id"]
        ask(version, "GET", f"{here}/templates", params={"originId": "x"})
        ask(version, "DELETE", f"{here}/templates/{id}")
    oracle.box.operator.post(f"{there}/providers", json={"name": "Carrier", "type": "SMS"})
    if version != V2:
        ask(version, "GET", f"{here}/conversationChannels/SMS")
    ask(version, "POST", f"{here}/tasks/search", json={"contactId": [contact], "limit": 10, "query": "zzz"})
    recurring(oracle, version, contact)
    people(oracle, version)
    links(oracle, version)
    medias(oracle, version)


def recurring(oracle: Any, version: str, contact: str) -> None:
    """What makes tasks."""
    ask, path = oracle.ask, f"/locations/{oracle.box.location_id}/recurring-tasks"
    rule = {"intervalType": "yearly", "interval": 1, "startDate": "2040-01-01T00:00:00Z", "dueAfterSeconds": 60}
    full = {"contactIds": [contact], "owners": [oracle.box.user_id], "rruleOptions": rule | {"count": 2}}
    at = f"{path}/{ask(version, 'POST', path, json=full | {'title': 'Look'})['recurringTask']['id']}"
    ask(version, "GET", at)
    ask(version, "PUT", at, json={"description": "d"})
    ask(version, "DELETE", at)


def people(oracle: Any, version: str) -> None:
    """A user with everything but scopes, which the schema has as a text."""
    ask, box = oracle.ask, oracle.box
    person = {"firstName": "Bo", "lastName": "Ek", "email": f"{version}@example.com", "password": "Correct-horse-7"}
    roles = {"type": "account", "role": "user", "locationIds": [box.location_id], "permissions": {"tagsEnabled": False}}
    said = {"companyId": box.company_id, "phone": "+15550100", "platformLanguage": "sv", **person, **roles}
    at = f"/users/{ask(version, 'POST', '/users/', json=said)['id']}"
    ask(version, "GET", at)
    ask(version, "PUT", at, json={"lastName": "Berg"})
    ask(version, "GET", "/users/search", params={"companyId": box.company_id, "query": "bo"})
    if version == V2:
        ask(version, "GET", "/users/", params={"locationId": box.location_id})
    ask(version, "DELETE", at)


def links(oracle: Any, version: str) -> None:
    """A link to its end."""
    ask, place = oracle.ask, {"locationId": oracle.box.location_id}
    said = {"name": "Offer", "redirectTo": "https://example.com"}
    id = ask(version, "POST", "/links/", json=place | said)["link"]["id"]
    ask(version, "GET", "/links/", params=place)
    ask(version, "GET", f"/links/id/{id}", params=place)
    ask(version, "GET", "/links/search", params=place | {"query": "off"})
    ask(version, "PUT", f"/links/{id}", json=said)
    ask(version, "DELETE", f"/links/{id}")


def medias(oracle: Any, version: str) -> None:
    """A folder and a file to their end."""
    ask, here = oracle.ask, {"altId": oracle.box.location_id, "altType": "location"}
    folder = ask(version, "POST", "/medias/folder", json=here | {"name": "Logos"})["_id"]
    said = {"hosted": True, "fileUrl": "https://example.com/a.png", "parentId": folder}
    file = ask(version, "POST", "/medias/upload-file", json=said)["fileId"]
    wanted = {"sortBy": "name", "sortOrder": "asc", "type": "file", "parentId": folder}
    ask(version, "GET", "/medias/files", params=here | wanted)
    ask(version, "POST", f"/medias/{file}", json=here | {"name": "b.png"})
    ask(version, "PUT", "/medias/update-files", json=here | {"filesToBeUpdated": [{"id": file, "name": "c.png"}]})
    gone = {"filesToBeDeleted": [{"_id": file}], "status": "trashed"}
    ask(version, "PUT", "/medias/delete-files", json=here | gone)
    ask(version, "DELETE", f"/medias/{folder}", params=here)
    ask(version, "POST", f"/locations/{oracle.box.location_id}/customFields/upload", json={"maxFiles": "3"})
