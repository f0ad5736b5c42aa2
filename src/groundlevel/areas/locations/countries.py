"""Countries and time zones that a sub-account can be in."""

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from msgspec import Meta

from groundlevel.kernel.problems import Unprocessable
from groundlevel.kernel.wire import Name

CODES = """
AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BV BW BY BZ CA
CC CD CF CG CH CI CK CL CM CN CO CR CU CV CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA
GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO
JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ
MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA
RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR
TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""

Country = Annotated[
    str,
    Meta(
        pattern=f"^({'|'.join(CODES.split())})$(?!\\n)",
        extra={"explain": f"must be one of the following values: {', '.join(CODES.split())}"},
    ),
]

zones = cache(available_timezones)
"""The names of all time zones."""


def check_timezone(name: Name | None) -> None:
    """422 for a text that names no time zone; none is fine."""
    if name and name not in zones():
        raise Unprocessable("timezone must be an IANA time zone")
