"""The console's inbox: conversations, what was said in them, and answering, by the operations of the sub-account."""

import re
from typing import Any

import httpx2
import pytest
from tests.messages.test_console_outbox import HOSTILE, browser, stranger
from tests.webhooks.test_console import key_in

from groundlevel.areas.conversations.tests.conftest import MAIL, PHONE, Talk
from groundlevel.conftest import LOCATION, USER

__all__ = ["browser", "stranger"]
HOME = f"/console/inbox/{LOCATION}"


class Page:
    """The page of Anna's conversation."""

    def __init__(self, talk: Talk, browser: httpx2.Client) -> None:
        self.talk, self.browser, self.at = talk, browser, f"{HOME}/{talk.id}"

    def html(self) -> str:
        reply = self.browser.get(self.at)
        assert reply.status_code == 200, reply.text
        return reply.text

    def does(self, act: str, **said: str) -> httpx2.Response:
        """What comes of a form of the page."""
        form = {"form_key": key_in(self.browser.get(self.at)), "act": act} | said
        return self.browser.post(self.at, data=form)

    def lines(self) -> list[tuple[str, ...]]:
        """(side, words, status) of what was said."""
        found = re.findall(r'<article id="m-\w+" class="([\w ]+)">(.*?)</article>', self.html(), re.DOTALL)
        return [(side, *re.findall(r'class="(?:text|status)">(.*?)</', inner, re.DOTALL)) for side, inner in found]

    def channels(self) -> dict[str, bool]:
        """Each channel, and whether it can be chosen."""
        found = re.findall(r'<input type="radio" name="type" value="(\w+)"( disabled)?', self.html())
        return {name: not closed for name, closed in found}


@pytest.fixture
def page(talk: Talk, browser: httpx2.Client) -> Page:
    return Page(talk, browser)


def test_nobody_sees_it_without_a_session(talk: Talk, stranger: httpx2.Client) -> None:
    for path in ("/console/inbox", HOME, f"{HOME}/{talk.id}", f"{HOME}/mails/any"):
        assert stranger.get(path).headers["location"] == "/console/sign-in"
    assert stranger.post(f"{HOME}/{talk.id}", data={"act": "reply"}).headers["location"] == "/console/sign-in"


def test_the_list_can_be_searched_and_filtered(talk: Talk, browser: httpx2.Client) -> None:
    assert [name in browser.get("/console/inbox").text for name in ("Home", "Next door")] == [True, True]
    assert "Nothing was said yet" in browser.get(HOME).text
    bea = talk.box.new_contact(firstName="Bea <i>", phone="+14155550124", assignedTo=USER)
    talk.send(message="To Anna")
    talk.comes(bea, message="<script>x</script>")
    talk.comes(bea, message="Second")

    def names(**params: str) -> list[str]:
        return re.findall(r'class="name">(.*?)</span>', browser.get(HOME, params=params).text)

    everybody = ["Bea &lt;i&gt;", "Anna Alm"]
    assert names() == names(status="all") == everybody
    assert names(status="unread") == names(query="124") == names(assignedTo=USER) == ["Bea &lt;i&gt;"]
    assert names(assignedTo="unassigned") == names(query="anna") == ["Anna Alm"]
    assert names(status="starred") == []
    listed = browser.get(HOME).text
    assert re.findall(r'class="count">.*?</span>(\d+)', listed) == ["2"]
    assert "You: To Anna" in listed
    assert "<script>x" not in listed
    assert browser.get(HOME, params={"status": "strange"}).headers["location"] == HOME
    assert browser.get("/console/inbox/NobodyNobodyNobody00").status_code == 404
    assert browser.get(f"{HOME}/none").status_code == 400


def test_a_thread_has_every_channel_both_ways(page: Page) -> None:
    talk = page.talk
    talk.comes(message="A <b>text</b>", attachments=["https://x.example/a%20b.png", "javascript:x"])
    talk.comes(type="Email", subject="A mail", html="<p>Mail <i>words</i></p>", message=None)
    talk.send(message="An answer")
    sent = talk.send(type="Email", subject="Offer", html="<p>Our offer</p>", message=None)
    talk.later(seconds=2)
    talk.later(seconds=2)
    comment = {"message": f"Careful <img src=x> @[Anna Alm]({USER})", "userId": USER}
    at = f"/operator/locations/{LOCATION}/conversations/{talk.id}/comments"
    assert talk.box.operator.post(at, json=comment).status_code == 201
    assert page.lines() == [
        ("in", "A &lt;b&gt;text&lt;/b&gt;"), ("in", "Mail words"), ("out", "An answer", "Delivered"),
        ("out", "Our offer", "Delivered"), ("note", "Careful &lt;img src=x&gt; @Anna Alm"),
    ]  # fmt: skip
    html = page.html()
    assert "Comment by Anna Alm, only seen by us" in html
    assert '<a href="https://x.example/a%20b.png" rel="noreferrer noopener" target="_blank">a b.png' in html
    assert "javascript:x</p>" in html
    assert 'href="javascript' not in html
    assert f"{HOME}/mails/{sent['emailMessageId']}" in html
    looks = page.browser.get(f"{HOME}/mails/{sent['emailMessageId']}")
    assert ("Our offer" in looks.text, "sandbox" in looks.headers["content-security-policy"]) == (True, True)


def test_mail_that_comes_cannot_act(page: Page) -> None:
    page.talk.comes(type="Email", subject="s", html=HOSTILE, message=None)
    (id,) = re.findall(rf"{HOME}/mails/(\w+)", page.html())
    looks = page.browser.get(f"{HOME}/mails/{id}").text.lower()
    assert [part in looks for part in ("<script", "onerror", "<iframe", "<form", "<link")] == [False] * 5
    assert "<b>anna</b>" in looks


def test_an_answer_leaves_by_the_chosen_channel(page: Page) -> None:
    talk = page.talk
    talk.comes(message="Are you there?")
    assert 'value="SMS" checked' in page.html()
    assert page.does("reply", type="SMS", text=" Yes,\r\nwe are ").headers["location"] == f"{page.at}#write"
    assert page.lines()[1:] == [("out", "Yes,\nwe are", "On its way")]
    (one,) = talk.outbox()
    assert (one["to"], one["text"]) == (PHONE, "Yes,\nwe are")
    (found,) = talk.found(contactId=talk.anna)
    assert (found["unreadCount"], found["lastOutboundMessageAction"]) == (0, "manual"), "a person has written"
    told = [e for e in talk.box.sandbox.events() if e["type"] == "OutboundMessage"]
    assert told[-1]["source"] == "app"
    page.does("reply", type="Comment", text="Called her, too")
    assert page.lines()[2] == ("note", "Called her, too")
    assert len(talk.outbox()) == 1


def test_a_mail_is_answered_in_its_thread_unless_it_has_another_subject(page: Page) -> None:
    talk = page.talk
    came = talk.comes(type="Email", subject="Question", html="<p>Why?</p>", message=None)
    html = page.html()
    hidden = dict(re.findall(r'<input type="hidden" name="(answers|usual)" value="([^"]*)">', html))
    assert hidden == {"answers": came["emailMessageId"], "usual": "Re: Question"}
    page.does("reply", type="Email", subject="Re: Question", text="Because", **hidden)
    page.does("reply", type="Email", subject="News", text="Something else", **hidden)
    news, answer = (talk.email(one["id"]) for one in talk.outbox(channel="Email"))
    assert (answer["threadId"], answer["replyToMessageId"], answer["subject"]) == (
        came["messageId"], came["emailMessageId"], "Re: Question",
    )  # fmt: skip
    assert (news["threadId"] == came["messageId"], news["subject"], news["to"]) == (False, "News", [MAIL])
    assert [line[1] for line in page.lines()] == ["Why?", "Because", "Something else"]


def test_what_cannot_be_sent_says_why_and_what_was_typed_stays(page: Page) -> None:
    talk = page.talk
    assert page.channels() == {"SMS": True, "Email": True, "Comment": True}
    dnd: dict[str, Any] = {"sms": {"status": "active", "message": "", "code": ""}}
    talk.box.location.put(f"/contacts/{talk.anna}", json={"dndSettings": dnd}).raise_for_status()
    assert page.channels() == {"SMS": False, "Email": True, "Comment": True}
    assert "Text: Cannot send message as DND is active for SMS." in page.html()
    refused = page.does("reply", type="SMS", text="Please <3")
    assert (refused.status_code, "DND is active for SMS" in refused.text) == (400, True)
    assert ">Please &lt;3</textarea>" in refused.text
    assert page.does("reply", type="SMS", text="  ").status_code == 422
    assert page.does("reply", type="Pigeon", text="x").status_code == 422
    nobody = talk.box.new_contact(firstName="Nobody")
    conversation = talk.found(contactId=nobody)[0]["id"]
    html = page.browser.get(f"{HOME}/{conversation}").text
    assert "Text: Missing phone number" in html
    assert 'value="Comment" checked' in html
    assert talk.outbox() == []


def test_it_is_marked_and_starred_and_what_waits_is_taken_back(page: Page) -> None:
    talk = page.talk
    talk.comes()

    def state() -> tuple[int, bool]:
        (found,) = talk.found(contactId=talk.anna)
        return found["unreadCount"], found["starred"]

    assert page.does("read").status_code == 303
    assert state() == (0, False)
    page.does("star")
    page.does("unread")
    assert state() == (1, True)
    page.does("unstar")
    assert state() == (1, False)
    later = round(talk.box.sandbox.clock.now().timestamp()) + 3_600
    id = talk.send(message="Later", scheduledTimestamp=later)["messageId"]
    assert page.lines()[-1][2].startswith("Leaves ")
    assert page.does("take-back", message=id).status_code == 303
    assert [line[1] for line in page.lines()] == ["Hi there"]
    assert page.does("take-back", message=id).status_code == 400
    assert page.does("strange").status_code == 403
    assert page.browser.post(page.at, data={"act": "star", "form_key": "0" * 64}).status_code == 403
    assert state() == (1, False)


def test_mail_of_an_old_thread_is_shown_where_it_was_written(page: Page) -> None:
    talk = page.talk
    came = talk.comes(type="Email", subject="Old", html="First", message=None)
    for n in range(3):
        talk.comes(message=f"Text {n}")
    talk.comes(type="Email", emailMessageId=came["emailMessageId"], subject="Re: Old", html="Second", message=None)
    at = f"/operator/locations/{LOCATION}/conversations/{talk.id}/timeline"
    told = talk.box.operator.get(at, params={"limit": 2}).json()
    assert ([one["text"] for one in told["entries"]], told["more"]) == (["Second", "Text 2"], True)
    before = told["entries"][-1]["at"]
    rest = talk.box.operator.get(at, params={"before": before}).json()
    assert ([one["text"] for one in rest["entries"]], rest["more"]) == (["Text 1", "Text 0", "First"], False)
