"""What attackers try, and that it is refused."""

import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from groundlevel.areas.marketplace import ClientKey
from groundlevel.areas.oauth.claims import verified
from groundlevel.areas.oauth.codes import answers
from groundlevel.kernel import caller
from groundlevel.kernel.caller import hashed

from .conftest import BACK, CLIENT, SECRET, Shop, key_of

NONE = b'{"alg":"none","typ":"JWT"}'
INVALID = "Invalid grant: authorization code is invalid"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""The pair of RFC 7636, appendix B."""


def b64(data: bytes) -> str:
    """As in a JWT."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def test_a_replayed_code_ends_what_came_of_it(shop: Shop) -> None:
    code = shop.code()
    tokens = shop.exchange(code)
    reply = shop.ask(grantType="authorization_code", code=code)
    assert (reply.status_code, reply.json()["message"]) == (400, INVALID)
    assert shop.contacts(tokens["accessToken"]) == 401
    assert shop.refresh(tokens["refreshToken"]).status_code == 400


def test_a_code_is_good_for_ten_minutes(shop: Shop) -> None:
    code = shop.code()
    shop.box.sandbox.move_clock(timedelta(minutes=10, seconds=1))
    assert shop.ask(grantType="authorization_code", code=code).json()["message"] == INVALID


def test_a_code_is_for_its_client_and_its_redirect(shop: Shop) -> None:
    shop.register("b" * 24, "b" * 24 + "-abcd1234", client_keys=[
        ClientKey(id="b" * 24 + "-abcd1234", name="other", date_added="", secret_hash=hashed(SECRET))
    ])  # fmt: skip
    code = shop.code()
    stolen = shop.ask(grantType="authorization_code", code=code, clientId="b" * 24 + "-abcd1234")
    assert (stolen.status_code, stolen.json()["message"]) == (400, INVALID)
    elsewhere = shop.ask(grantType="authorization_code", code=code, redirectUri=BACK + "/")
    assert (elsewhere.status_code, elsewhere.json()["message"]) == (400, "Invalid parameter: redirectUri")
    tokens = shop.exchange(code, redirectUri=BACK)
    other = shop.refresh(tokens["refreshToken"], clientId="b" * 24 + "-abcd1234")
    assert (other.status_code, other.json()["message"]) == (400, "Invalid grant: refresh token is invalid")
    assert shop.refresh(tokens["refreshToken"]).status_code == 200, "a stranger's attempt harms nobody"


@pytest.mark.parametrize("method, challenge", [("S256", CHALLENGE), ("plain", VERIFIER), ("", VERIFIER)])
def test_a_code_with_a_challenge_wants_its_verifier(shop: Shop, method: str, challenge: str) -> None:
    code = shop.code(link={"code_challenge": challenge, "code_challenge_method": method})
    without = shop.ask(grantType="authorization_code", code=code)
    assert (without.status_code, without.json()["message"]) == (400, "Missing parameter: codeVerifier")
    wrong = shop.ask(grantType="authorization_code", code=code, codeVerifier=VERIFIER[:-1] + "x")
    assert (wrong.status_code, wrong.json()["message"]) == (400, "Invalid grant: code verifier is invalid")
    assert shop.exchange(code, codeVerifier=VERIFIER)["tokenType"] == "Bearer"


def test_a_verifier_without_a_challenge_shows_a_stripped_one(shop: Shop) -> None:
    reply = shop.ask(grantType="authorization_code", code=shop.code(), codeVerifier=VERIFIER)
    assert reply.json()["message"] == "Invalid grant: code verifier is invalid"


def test_pkce_by_its_published_example() -> None:
    assert answers(CHALLENGE, "S256", VERIFIER)
    assert not answers(CHALLENGE, "S256", CHALLENGE)
    assert not answers(CHALLENGE, "plain", VERIFIER)
    assert answers("", "", None)


def test_a_refresh_cannot_widen_its_scopes(shop: Shop) -> None:
    tokens = shop.exchange(shop.code(link={"scope": "contacts.readonly"}))
    wider = shop.refresh(tokens["refreshToken"], scope="contacts.readonly contacts.write")
    assert (wider.status_code, wider.json()["message"]) == (400, "Invalid parameter: scope")
    plain = shop.refresh(tokens["refreshToken"]).json()
    assert plain["scope"] == "contacts.readonly"
    agencys = shop.refresh(plain["refreshToken"], userType="Company")
    assert (agencys.status_code, agencys.json()["message"]) == (400, "Invalid parameter: userType")


def test_a_forged_token_opens_nothing(shop: Shop) -> None:
    good = shop.exchange(shop.code())["accessToken"]
    keys = shop.client().get("/.well-known/jwks.json").json()
    now = int(shop.box.sandbox.clock.now().timestamp())
    header, payload, signature = good.split(".")
    claims = msgspec.json.decode(urlsafe_padded(payload))
    public = RSAKey.import_key(keys["keys"][0])
    own = RSAKey.generate_key(2048, private=True, auto_kid=False)
    confused: dict[str, Any] = {"alg": "HS256", "typ": "JWT", "kid": keys["keys"][0]["kid"]}

    def hs256(secret: bytes) -> str:
        body = f"{b64(msgspec.json.encode(confused))}.{payload}"
        return f"{body}.{b64(hmac.new(secret, body.encode(), sha256).digest())}"

    def signed(**said: Any) -> str:
        return jwt.encode({"alg": "RS256", "typ": "JWT", **said}, claims, own, algorithms=["RS256"])

    forged = {
        "no algorithm": f"{b64(NONE)}.{payload}.",
        "no signature": f"{header}.{payload}.",
        "the public key as a secret": hs256(public.as_pem(private=False)),
        "the public numbers as a secret": hs256(keys["keys"][0]["n"].encode()),
        "another secret": jwt.encode(confused, claims, OctKey.import_key(b"x" * 32), algorithms=["HS256"]),
        "another key": signed(),
        "another key of that name": signed(kid=keys["keys"][0]["kid"]),
        "a key in the header": signed(jwk=own.as_dict(private=False)),
        "a path as the key's name": signed(kid="../../../../dev/null"),
        "a question as the key's name": signed(kid="x' UNION SELECT 'y"),
        "other claims": f"{header}.{b64(msgspec.json.encode({**claims, 'exp': now + 10**8}))}.{signature}",
        "another signature": f"{header}.{payload}.{signature[:-4]}AAAA",
        "nothing": "..",
    }
    assert verified(good, keys, now) is not None
    for how, token in forged.items():
        assert (how, shop.contacts(token)) == (how, 401)
        assert (how, verified(token, keys, now)) == (how, None)
    assert shop.contacts(good) == 200


def urlsafe_padded(text: str) -> bytes:
    """What a part of a JWT says."""
    from base64 import urlsafe_b64decode

    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_signature_alone_opens_nothing(shop: Shop) -> None:
    """Even what the right key has signed is no token unless it was given out: so ended ones are ended."""
    from groundlevel.areas.oauth.keys import signing_key
    from groundlevel.kernel.jobs import SYSTEM

    good = shop.exchange(shop.code())["accessToken"]
    claims = msgspec.json.decode(urlsafe_padded(good.split(".")[1]))

    def sign(ctx: Any) -> str:
        key = signing_key(ctx)
        return jwt.encode({"alg": "RS256", "kid": key.kid}, {**claims, "iat": 1}, key, algorithms=["RS256"])

    assert shop.contacts(shop.box.sandbox.do(SYSTEM, sign)) == 401


def test_a_refresh_token_is_no_access_token(shop: Shop) -> None:
    assert shop.contacts(shop.exchange(shop.code())["refreshToken"]) == 401


def test_secrets_are_compared_in_constant_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a secret that is looked up by its hash, the hash is compared so; of one that is compared, everything."""
    tokens, calls = shop.exchange(shop.code()), list[Any]()
    real = hmac.compare_digest

    def counted(a: Any, b: Any) -> bool:
        calls.append(a)
        return real(a, b)

    monkeypatch.setattr(hmac, "compare_digest", counted)
    assert caller.hmac is hmac
    assert shop.contacts(tokens["accessToken"]) == 200
    assert hashed(tokens["accessToken"]) in calls
    shop.refresh(tokens["refreshToken"])
    assert hashed(SECRET) in calls
    assert CLIENT in calls


def test_consent_needs_the_form_of_this_session(shop: Shop) -> None:
    anna, boss = shop.browser(), shop.browser()
    anna.sign_in("anna@example.com")
    boss.sign_in("boss@example.com")
    theirs = key_of(boss.get(shop.link()))
    said = {"decision": "approve", "location": shop.box.location_id}
    for key in ({}, {"form_key": ""}, {"form_key": "0" * 64}, {"form_key": theirs}):
        reply = anna.http.post(shop.link(), data={**said, **key})
        assert (reply.status_code, "location" in reply.headers) == (403, False)
    assert shop.box.sandbox.events() == []
    anonymous = shop.browser().http.post(shop.link(), data={**said, "form_key": theirs})
    assert anonymous.headers["location"].startswith("/account/sign-in?")


def test_the_link_is_checked_again_when_the_form_comes_back(shop: Shop) -> None:
    browser = shop.browser()
    browser.sign_in("anna@example.com")
    key = key_of(browser.get(shop.link()))
    said = {"decision": "approve", "location": shop.box.location_id, "form_key": key}
    for broken in ({"redirect_uri": "https://evil.example/"}, {"client_id": "x"}, {"scope": "users.write"}):
        reply = browser.http.post(shop.link(**broken), data=said)
        assert (reply.status_code, "location" in reply.headers) == (400, False)


def test_pages_cannot_be_framed_or_kept(shop: Shop) -> None:
    browser = shop.browser()
    pages = [browser.get(shop.link())]
    browser.sign_in("anna@example.com")
    pages += [browser.get(shop.link()), browser.get(shop.link(client_id="x")), browser.get("/account/sessions")]
    for page in pages:
        policy = page.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "script" not in policy.replace("default-src", "")
        assert (page.headers["x-frame-options"], page.headers["cache-control"]) == ("DENY", "no-store")
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "<script" not in page.text
    assert "form-action 'self' https://app.example;" in pages[1].headers["content-security-policy"]


def test_an_apps_name_is_text(shop: Shop) -> None:
    shop.register(shop.app.id, CLIENT, name="<img src=x onerror=alert(1)>")
    browser = shop.browser()
    browser.sign_in("anna@example.com")
    page = browser.get(shop.link(state='"><script>alert(1)</script>'))
    assert "&lt;img src=x" in page.text
    assert "<script" not in page.text
