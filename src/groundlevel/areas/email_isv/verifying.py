"""Whether mail to an address, or to a contact, would arrive: POST /email/verify"""

from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import asdict

from groundlevel.areas.contacts import contact_or_400
from groundlevel.areas.email_isv.area import area
from groundlevel.areas.email_isv.checking import checking_of, paid
from groundlevel.areas.email_isv.judging import MALFORMED, Result, Risk, Verdict, address_in, judged
from groundlevel.areas.operator import installation
from groundlevel.kernel.app import App
from groundlevel.kernel.caller import NOBODY
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest
from groundlevel.kernel.request import Request
from groundlevel.kernel.store import Unit
from groundlevel.kernel.versions import Was
from groundlevel.kernel.wire import Body, Name, Wire
from groundlevel.outside.mail.hosts import Dns, MailResolver, Simulated

OFF = "Validation is disabled / proper config not found"
NO_FUNDS = "Insufficient funds"
NO_EMAIL = "The contact has no email"


class Whose(Body):
    """Which sub-account asks, and pays where that costs something."""

    location_id: Name


class Verification(Body):
    """What to verify: an address, or by its id a contact, whose address it is then."""

    type: Literal["email", "contact"]
    verify: Annotated[str, Meta(min_length=1, max_length=1_000)]


class Judged(Verification, kw_only=True):
    """The same with what came of it. verdict None: it is not verified, for agencies may be without."""

    address: str
    verdict: Verdict | None


class Recommendation(Wire):
    """Whether we would write to it."""

    is_email_valid: bool


class Verified(Wire):
    """The reply: what is thought of the address, and why; or that it was not verified, and a message that says why."""

    address: str
    result: Result | None = None
    risk: Risk | None = None
    reason: list[str] | None = None
    lead_connector_recommendation: Annotated[Recommendation | None, Was("leadconnectorRecomendation")] = None
    verified: bool | None = None
    message: str | None = None


class Question(Struct, frozen=True):
    """What has to be known before anybody is asked."""

    text: str
    enabled: bool
    simulated: bool


async def look_up(app: App, request: Request) -> None:
    """Ask who takes the mail of the address's domain, before the unit of work."""
    body: Verification = request.arguments["body"]

    def question(db: Unit) -> Question:
        ctx = Ctx(request.caller or NOBODY, db, request.now, app.settings)
        text = body.verify if body.type == "email" else contact_or_400(ctx, body.verify).email
        if not text:
            raise BadRequest(NO_EMAIL)
        return Question(text, checking_of(ctx).enabled, installation(ctx.db).test)

    asked = await app.store.perform(request.owners, question, write=False)
    address, verdict = address_in(asked.text), None
    if asked.enabled:
        resolver: MailResolver = Simulated() if asked.simulated else Dns()
        verdict = judged(address, await resolver.mail_hosts(address.ascii_domain)) if address else MALFORMED
    whole = address.whole if address else asked.text
    request.arguments["body"] = Judged(**asdict(body), address=whole, verdict=verdict)


@area.post("/email/verify", scope="lc-email.readonly", steps=(look_up,))
def verify_email(ctx: Ctx, query: Whose, body: Verification) -> Verified:
    """Say whether mail to an address, or to a contact's, would arrive.

    How it is written, whether its domain takes mail (MX records, by DNS), and whether it is a role's, a free provider's
    or a throw-away one. The mailbox itself is not asked. In a test installation nobody is asked, and `reason` has
    `simulated_lookup`. Where the operator has set a price, the wallet pays for what something could be said of. 400 for
    an unknown contact and one without an address.
    """
    assert isinstance(body, Judged)
    verdict = body.verdict
    if verdict is None:
        return Verified(address=body.address, verified=False, message=OFF)
    if verdict.result != "unknown" and not paid(ctx, body.address):
        return Verified(address=body.address, verified=False, message=NO_FUNDS)
    return Verified(
        address=body.address, result=verdict.result, risk=verdict.risk, reason=list(verdict.reasons),
        lead_connector_recommendation=Recommendation(is_email_valid=verdict.result == "deliverable"),
    )  # fmt: skip
