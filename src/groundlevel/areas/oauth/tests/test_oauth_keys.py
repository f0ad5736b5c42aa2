"""Signing keys: sealed, rotated without ending sessions, published as long as they are needed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from groundlevel.areas.oauth.claims import verified
from groundlevel.areas.oauth.keys import SIGNING_KEYS, check_key
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.kernel.settings import Settings
from groundlevel.secret import SecretTrouble, seal, secret_of, secret_path, unseal

from .conftest import Shop


def published(shop: Shop) -> Any:
    """The key set."""
    return shop.client().get("/.well-known/jwks.json").json()


def test_rotating_ends_no_session(shop: Shop) -> None:
    box = shop.box
    old = shop.exchange(shop.code())
    before = published(shop)["keys"][0]["kid"]
    made = box.operator.post("/operator/keys/rotate")
    assert made.status_code == 201
    assert shop.contacts(old["accessToken"]) == 200
    now = int(box.sandbox.clock.now().timestamp())
    new = shop.refresh(old["refreshToken"]).json()
    for token in (old["accessToken"], new["accessToken"]):
        assert verified(token, published(shop), now) is not None
    assert [k["kid"] for k in published(shop)["keys"]] == [made.json()["kid"], before]
    listed = box.operator.get("/operator/keys").json()["keys"]
    assert [(k["kid"], k["current"]) for k in listed] == [(made.json()["kid"], True), (before, False)]
    kept = box.sandbox.do(SYSTEM, lambda ctx: {k.id: bool(k.sealed) for k in ctx.db.find(SIGNING_KEYS)})
    assert kept == {made.json()["kid"]: True, before: False}, "the old private part is gone"
    box.sandbox.move_clock(timedelta(days=367))
    box.sandbox.work()
    assert [k["kid"] for k in published(shop)["keys"]] == [made.json()["kid"]]


def test_without_its_secret_nothing_is_signed_and_rotating_helps(shop: Shop) -> None:
    box = shop.box
    tokens = shop.exchange(shop.code())
    db, settings = box.sandbox.app.store.read(SYSTEM), box.sandbox.app.settings
    check_key(db, settings)
    other = Settings(database=settings.database, secret="another secret altogether")
    with pytest.raises(SecretTrouble, match="not the one"):
        check_key(db, other)
    box.sandbox.app.settings = other
    reply = shop.refresh(tokens["refreshToken"])
    assert (reply.status_code, reply.json()["message"]) == (
        503, "Tokens cannot be given out now: the signing key cannot be opened",
    )  # fmt: skip
    assert shop.contacts(tokens["accessToken"]) == 200, "what was given out goes on working"
    assert box.operator.post("/operator/keys/rotate").status_code == 201
    assert shop.refresh(tokens["refreshToken"]).status_code == 200


def test_a_secret_is_a_file_for_its_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROUNDLEVEL_SECRET", raising=False)
    settings = Settings(database=f"sqlite:///{tmp_path}/x.db")
    with pytest.raises(SecretTrouble, match="missing"):
        secret_of(settings, make=False)
    secret, path = secret_of(settings), secret_path(settings)
    assert (len(secret), path.name, oct(path.stat().st_mode)[-3:]) == (32, "x.db.secret", "600")
    assert [p.name for p in tmp_path.iterdir()] == ["x.db.secret"]
    assert secret_of(settings) == path.read_bytes()
    sealed = seal(secret, "one thing", b"told to nobody")
    assert unseal(secret, "one thing", sealed) == b"told to nobody"
    assert sealed != seal(secret, "one thing", b"told to nobody")
    for wrong in ((b"x" * 32, "one thing"), (secret, "another thing")):
        with pytest.raises(SecretTrouble):
            unseal(*wrong, sealed)
    monkeypatch.setenv("GROUNDLEVEL_SECRET", "too short")
    with pytest.raises(SecretTrouble, match="16 characters"):
        secret_of(settings)


def test_a_damaged_secret_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROUNDLEVEL_SECRET", raising=False)
    (tmp_path / "y.db.secret").write_bytes(b"short")
    with pytest.raises(SecretTrouble, match="damaged"):
        secret_of(Settings(database=f"sqlite:///{tmp_path}/y.db"))
