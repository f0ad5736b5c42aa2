"""Scopes in words."""

import pytest

from groundlevel.pages.choices import in_words


@pytest.mark.parametrize(
    "scope, words",
    [
        ("contacts.readonly", "See contacts"),
        ("contacts.write", "Add, change and delete contacts"),
        ("conversations/message.readonly", "See conversations: message"),
        ("locations/customFields.write", "Add, change and delete sub-accounts: customFields"),
        ("voice-ai-agents.readonly", "See voice ai agents"),
        ("oauth.write", "Work in each sub-account where it is installed"),
        ("strange", "strange"),
        ("charges.refund", "Refund charges"),
    ],
)
def test_scopes_are_told_in_words(scope: str, words: str) -> None:
    assert in_words(scope) == words
