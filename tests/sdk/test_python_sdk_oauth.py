"""The official Python SDK as an app: it refreshes, exchanges an agency's token, and asks where it is installed."""

import asyncio
from typing import Any

import pytest
from highlevel import HighLevel
from tests.oauth.visiting import let_in

REDIRECT = "http://localhost:3000/callback"


@pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")  # how the SDK speaks to its own library
def test_an_app_lives_on_the_sdk(live: Any) -> None:
    """A session whose time is over is refreshed by the SDK itself, and the agency's token becomes a sub-account's."""
    told, ids = live.credentials, live.credentials["ids"]
    company, location = told["companyId"], told["locationId"]
    query = f"response_type=code&client_id={ids['clientId']}&redirect_uri={REDIRECT}"
    back = let_in(live, f"/oauth/chooselocation?{query}", location=location)

    async def run() -> None:
        sdk = type("Here", (HighLevel,), {"BASE_URL": live.url})(
            client_id=ids["clientId"], client_secret=ids["clientSecret"]
        )
        paths: list[str] = []

        async def note(request: Any) -> None:
            paths.append(request.url.path)

        sdk.http_client.event_hooks = {**sdk.http_client.event_hooks, "request": [note]}
        try:
            said = {"clientId": ids["clientId"], "clientSecret": ids["clientSecret"], "userType": "Company"}
            code = back.rsplit("code=", 1)[1]
            tokens = await sdk.oauth.get_access_token({**said, "grantType": "authorization_code", "code": code})
            over = {"access_token": tokens["accessToken"], "refresh_token": tokens["refreshToken"], "expires_in": 1}
            await sdk.session_storage.set_session(company, {**over, "userType": "Company", "companyId": company})
            installed = await sdk.oauth.get_installed_location(company_id=company, app_id=ids["appId"])
            assert [at["_id"] for at in installed["items"]] == [location]
            assert paths == ["/oauth/token", "/oauth/token", "/oauth/installed-locations"], "the SDK has refreshed"
            own = await sdk.oauth.get_location_access_token({"company_id": company, "location_id": location})
            assert (own["locationId"], own["appId"]) == (location, ids["appId"])
            again = await sdk.oauth.refresh_token(
                own["refreshToken"], ids["clientId"], ids["clientSecret"], "refresh_token", "Location"
            )
            sdk.config["location_access_token"] = again["accessToken"]
            made = await sdk.contacts.create_contact({"locationId": location, "email": "of.an.app@example.com"})
            assert made["contact"]["locationId"] == location
        finally:
            await sdk.http_client.aclose()

    asyncio.run(run())
