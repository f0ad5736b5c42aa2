"""Addresses that name a conversation."""

from hypothesis import given
from hypothesis import strategies as st

from groundlevel.outside.mail.plus import id_behind, plain_address, plussed

KEY = b"k" * 32
IDS = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", min_size=1, max_size=24)


@given(IDS)
def test_an_id_survives_small_letters_and_no_other_key(id: str) -> None:
    address = plussed("Shop@x.org", KEY, id)
    assert (id_behind(address.lower(), KEY), id_behind(address.upper(), KEY)) == (id, id)
    assert (id_behind(address, b"other"), plain_address(address)) == ("", "shop@x.org")


@given(st.text(max_size=80))
def test_whatever_is_behind_a_plus_is_nobody_s(text: str) -> None:
    assert id_behind(f"shop+{text}@x.org", KEY) == ""


def test_what_has_no_room_stays_as_it_is() -> None:
    assert plussed("a" * 60 + "@x.org", KEY, "abc") == "a" * 60 + "@x.org"
    assert plussed("a@x.org", KEY, "not an id") == "a@x.org"
