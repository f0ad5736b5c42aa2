"""The phone numbers of the demo: bought of the simulated gateway, one to write from and one in a pool."""

from groundlevel.areas.phone_system.claims import hold
from groundlevel.areas.phone_system.numbers import number_from
from groundlevel.areas.phone_system.operators import NumberChange, change_phone_number
from groundlevel.areas.phone_system.pools import NewPool, create_number_pool
from groundlevel.areas.phone_system.simulated import Rows, account_of
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.jobs import SYSTEM
from groundlevel.outside.simulated_numbers import NumberResources
from groundlevel.outside.twilio_numbers import owned_in

MAIN, CAMPAIGN = "5550143", "5550144"


def connect_lines(ctx: Ctx, area_code: str) -> None:
    """Two numbers of a town, and a pool with the second."""
    seller = NumberResources(account_of(ctx.location_id).sid, Rows(ctx.db.elsewhere(SYSTEM)))
    for digits, name in ((MAIN, "Front desk"), (CAMPAIGN, "Campaigns")):
        said = {"PhoneNumber": f"+1{area_code}{digits}", "FriendlyName": name}
        _, told = seller.answer("POST", ["IncomingPhoneNumbers"], said) or (0, {})
        hold(ctx, number_from(ctx, owned_in(told), "", "twilio"))
    main, campaign = f"+1{area_code}{MAIN}", f"+1{area_code}{CAMPAIGN}"
    change_phone_number(ctx, ctx.location_id, main, NumberChange(forwarding_number=f"+1{area_code}5550199"))
    pool = NewPool(name="Campaigns", numbers=[campaign], whisper=True, whisper_message="A call from a campaign")
    create_number_pool(ctx, ctx.location_id, pool)
