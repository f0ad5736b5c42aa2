"""What is known of mail addresses without asking anybody: mailboxes of roles, free providers, and throw-away addresses.

Such lists are never whole; they hold what is met most.
"""

_ROLES = """
abuse accounting accounts admin administrator all billing careers compliance contact customerservice dev devnull dns
do-not-reply donotreply enquiries everyone feedback finance ftp hello help helpdesk hostmaster hr info inquiries it
jobs legal list list-request mail mailer-daemon marketing media news newsletter no-reply nobody noc noreply office
orders postmaster press privacy registrar remove root sales security service spam staff subscribe support sysadmin
tech undisclosed-recipients unsubscribe usenet uucp webmaster www
"""
ROLES = frozenset(_ROLES.split())
"""Mailboxes that are read by nobody in particular (RFC 2142 and usual ones)."""

_FREE = """
aol.com bigpond.com bluewin.ch btinternet.com comcast.net fastmail.com free.fr gmail.com gmx.at gmx.com gmx.de gmx.net
googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.fr hushmail.com icloud.com inbox.com laposte.net
libero.it live.com mac.com mail.com mail.ru me.com msn.com naver.com orange.fr outlook.com outlook.de pm.me proton.me
protonmail.com qq.com rediffmail.com rocketmail.com sbcglobal.net t-online.de telia.com tuta.io tutanota.com web.de
yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.de yahoo.fr yandex.com yandex.ru ymail.com zoho.com 126.com
163.com
"""
FREE = frozenset(_FREE.split())
"""Where anybody has a mailbox for nothing."""

_DISPOSABLE = """
10minutemail.com 10minutemail.net 20minutemail.com 33mail.com anonbox.net burnermail.io byom.de discard.email
discardmail.com dispostable.com dropmail.me emailondeck.com emltmp.com fakeinbox.com fakemail.net getairmail.com
getnada.com grr.la guerrillamail.biz guerrillamail.com guerrillamail.de guerrillamail.net guerrillamail.org
guerrillamailblock.com inboxbear.com inboxkitten.com incognitomail.org jetable.org kasmail.com mail-temp.com
mailcatch.com maildrop.cc mailexpire.com mailinator.com mailinator.net mailinator2.com mailnesia.com mailnull.com
mailpoof.com mailsac.com mintemail.com moakt.com mohmal.com mytemp.email mytrashmail.com nada.email objectmail.com
sharklasers.com spam4.me spambog.com spambox.us spamex.com spamgourmet.com temp-mail.io temp-mail.org tempail.com
tempinbox.com tempmail.com tempmail.net tempmailaddress.com tempmailo.com tempr.email throwawaymail.com trash-mail.com
trashmail.com trashmail.de trashmail.net trbvm.com wegwerfmail.de wegwerfmail.net wegwerfmail.org yopmail.com
yopmail.fr yopmail.net
"""
DISPOSABLE = frozenset(_DISPOSABLE.split())
"""Whose mailboxes are made to be thrown away."""


def is_role(local: str) -> bool:
    """Whether the part before the @ names a role; what stands behind a + does not matter."""
    return local.lower().partition("+")[0] in ROLES


def is_free(domain: str) -> bool:
    """Whether it is a free provider's."""
    return domain.lower() in FREE


def is_disposable(domain: str) -> bool:
    """Whether it, or what it is a part of, gives throw-away addresses."""
    labels = domain.lower().split(".")
    return any(".".join(labels[n:]) in DISPOSABLE for n in range(len(labels) - 1))
