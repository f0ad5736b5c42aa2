"""The same start as the area's own tests have."""

import pytest

from groundlevel.areas.conversations.tests.conftest import Talk
from groundlevel.conftest import Box


@pytest.fixture
def talk(box: Box) -> Talk:
    """A sub-account with a contact, one for each test."""
    return Talk(box)
