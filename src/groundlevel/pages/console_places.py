"""The sub-accounts that pages of the console can be about."""

from groundlevel.areas.companies.operators import list_companies
from groundlevel.areas.locations import Location
from groundlevel.areas.locations.search import LocationsWanted, search_locations
from groundlevel.pages.browser import Browser

MOST = 200
"""Sub-accounts that are offered; others are reached by their addresses."""


async def sub_accounts(browser: Browser) -> list[Location]:
    """Those of all agencies, by name."""
    found: list[Location] = []
    for company in (await browser.operate(list_companies, write=False)).companies:
        query = LocationsWanted(company_id=company.id, limit=MOST)
        some = await browser.operate(lambda ctx, q=query: search_locations(ctx, q), company=company.id, write=False)
        found += some.locations
        if len(found) >= MOST:
            break
    return sorted(found[:MOST], key=lambda place: place.name.lower())
