"""An independent OAuth 2.0 client, Authlib's, against a running server: authorisation code with PKCE, and refresh."""

from typing import Any

from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client
from tests.oauth.visiting import let_in

REDIRECT = "http://localhost:3000/callback"


def test_code_with_pkce_and_refresh(live: Any) -> None:
    ids, verifier = live.credentials["ids"], generate_token(48)
    token_url = f"{live.url}/oauth/token"
    with OAuth2Client(
        ids["clientId"], ids["clientSecret"], token_endpoint_auth_method="client_secret_post", redirect_uri=REDIRECT,
        scope="contacts.readonly locations.readonly", code_challenge_method="S256",
    ) as client:  # fmt: skip
        link, state = client.create_authorization_url(f"{live.url}/v2/oauth/chooselocation", code_verifier=verifier)
        back = let_in(live, link.removeprefix(live.url), location=live.location_id)
        tokens = client.fetch_token(
            token_url, authorization_response=back, state=state, code_verifier=verifier, include_client_id=True
        )
        assert (tokens["token_type"], tokens["userType"]) == ("Bearer", "Company")
        assert tokens["scope"] == "contacts.readonly locations.readonly"
        client.headers["Version"] = "2021-07-28"
        place = client.get(f"{live.url}/locations/{live.location_id}")
        assert (place.status_code, place.json()["location"]["id"]) == (200, live.location_id)
        again = client.refresh_token(token_url, refresh_token=tokens["refresh_token"])
        assert again["access_token"] != tokens["access_token"]
        assert client.get(f"{live.url}/locations/{live.location_id}").status_code == 200
