"""Texts with merge tags."""

import pytest

from groundlevel.conftest import Box


def preview(box: Box, text: str, **said: object) -> str:
    """What becomes of a text."""
    reply = box.operator.post(f"/operator/locations/{box.location_id}/merge-tags/preview", json={"text": text, **said})
    assert reply.status_code == 200, reply.text
    return reply.json()["text"]


def test_a_text_says_whom_it_is_for_and_whom_it_is_from(box: Box) -> None:
    said = {"name": "Shoe size", "dataType": "NUMERICAL", "model": "contact"}
    at = f"/locations/{box.location_id}"
    field = box.location.post(f"{at}/customFields", json=said).json()["customField"]
    hours = box.location.post(
        f"{at}/customValues", json={"name": "Opening hours", "value": "9 to 5 at {{location.name}}"}
    ).json()["customValue"]
    assert hours["fieldKey"] == "{{ custom_values.opening_hours }}"
    link = box.location.post(
        "/links/", json={"locationId": box.location_id, "name": "Offer", "redirectTo": "https://example.com/offer"}
    ).json()["link"]
    anna = box.new_contact(
        firstName="Ānna", lastName="<Berg>", email="anna@example.com", address1="High Street 1", city="Graz",
        country="AT", assignedTo=box.user_id, tags=["vip", "new"], customFields=[{"id": field["id"], "value": 38}],
    )  # fmt: skip
    cases = {
        "Dear {{contact.first_name}} {{ contact.last_name }},": "Dear Ānna <Berg>,",
        "{{contact.email}} · {{contact.full_address}}": "anna@example.com · High Street 1, Graz, AT",
        "{{contact.shoe_size}}/{{contact.tags}}": "38/vip, new",
        "Yours, {{user.name}}": "Yours, Anna Alm",
        "{{location.name}}: {{custom_values.opening_hours}}": "Home: 9 to 5 at Home",
        "{{contact.nickname | default: 'you'}}{{nothing.at.all}}": "you",
        "{% if contact.city == 'Graz' %}Servus{% else %}Hello{% endif %}": "Servus",
        "{{trigger_link."
        + link["id"]
        + "}}": f"http://127.0.0.1:8080/l/{box.location_id}/{link['id']}?contact_id={anna}",
        "no tags, as it is: { } %": "no tags, as it is: { } %",
        "{{right_now.year}}": str(box.sandbox.clock.now().year),
    }
    assert {text: preview(box, text, contactId=anna) for text in cases} == cases
    assert preview(box, "{{contact.name}}{{user.name}}|{{location.name}}") == "|Home"
    assert preview(box, "{{contact.name}} {{user.email}}", userId=box.user_id) == " anna@example.com"


def test_in_html_what_contacts_say_of_themselves_is_escaped(box: Box) -> None:
    box.location.post(
        f"/locations/{box.location_id}/customValues", json={"name": "Sign", "value": "<b>{{contact.name}}</b>"}
    )
    mallory = box.new_contact(name="<script>x</script>")
    told = preview(box, "<p>{{contact.name}} {{custom_values.sign}}</p>", contactId=mallory, html=True)
    assert told == "<p>&lt;script&gt;x&lt;/script&gt; <b>&lt;script&gt;x&lt;/script&gt;</b></p>"


@pytest.mark.parametrize(
    "text",
    [
        "{{ contact.", "{% for %}", "{{ contact.name | nothing }}", "{% include 'x' %}", "{% render 'x' %}",
        "{% for i in (1..100000000) %}x{% endfor %}", "{% if a %}" * 200 + "{% endif %}" * 200,
        "{% for i in (1..900) %}{{ '" + "x" * 5_000 + "' }}{% endfor %}", "{{ (1..1000000000000) | join: 'x' }}",
        "{% for i in (1..1000000000) reversed %}x{% endfor %}", "{{ 9" + " | times: 999999999999999" * 3_000 + " }}",
        "{% assign a = 'xxxxxxxx' %}" + "{% assign a = a | append: a %}" * 40, "{{ 1 | divided_by: 0 }}",
    ],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_a_text_that_cannot_be_merged_is_refused(box: Box, text: str) -> None:
    path = f"/operator/locations/{box.location_id}/merge-tags/preview"
    refused = box.operator.post(path, json={"text": f"first line\n{text}"})
    assert (refused.status_code, refused.json()["message"][0][:23]) == (422, "text cannot be merged: ")


def test_no_way_leads_out_of_the_values(box: Box) -> None:
    anna = box.new_contact(firstName="Anna")
    for text in (
        "{{contact.__class__}}", "{{contact.first_name.__class__.__mro__}}", "{{contact['_values']}}",
        "{{contact.look_up}}", "{{custom_values.look_up}}", "{{right_now.__init__.__globals__}}", "{{self}}{{ctx}}",
    ):  # fmt: skip
        assert preview(box, text, contactId=anna) == "", text


def test_only_its_own_people_can_be_named(box: Box) -> None:
    path = f"/operator/locations/{box.other_location_id}/merge-tags/preview"
    anna = box.new_contact(firstName="Anna")
    for said in ({"contactId": anna}, {"userId": box.user_id}):
        refused = box.operator.post(path, json={"text": "{{contact.name}}", **said})
        assert (refused.status_code, "not found" in refused.json()["message"]) == (400, True)
