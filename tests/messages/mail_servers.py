"""Debian's Postfix and Dovecot, each an instance of its own in a folder, on ports of this machine that are free.

Postfix takes mail after a login (which Dovecot checks) under TLS. What is for `client.example` and `box.example` it
puts into mailboxes that Dovecot serves by IMAP; what is for `shop.example` it gives to the receiver of an installation.
"""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from groundlevel.testing_stores import missing

USER, PASSWORD = "post", "the password"
BOXES = ("anna@client.example", "hi@box.example")
MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_chain_files = {home}/both.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_recipient_restrictions = permit_sasl_authenticated, permit_mynetworks, reject
virtual_mailbox_domains = client.example, box.example
virtual_mailbox_maps = inline:{{ {boxes} }}
virtual_mailbox_base = {home}/mail
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
relay_domains = shop.example
relay_recipient_maps =
transport_maps = inline:{{ shop.example=smtp:[127.0.0.1]:{receiver} }}
notify_classes =
maillog_file = /dev/stdout
maillog_file_prefixes = /dev
import_environment = MAIL_CONFIG
smtpd_discard_ehlo_keywords = chunking
"""
MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
DOVECOT = """
base_dir = {home}/run
log_path = {home}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
mail_location = maildir:{home}/mail/%u
first_valid_uid = 1
default_login_user = dovenull
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imap}
    ssl = yes
  }}
}}
service auth {{
  unix_listener {home}/queue/private/auth {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
"""


class Servers:
    """Both, running. `certificate`: what their certificate is checked against."""

    def __init__(self, home: Path, receiver: int) -> None:
        self.home, self.certificate = home, home / "cert.pem"
        self.smtp, self.imap = free_port(), free_port()
        owner = pwd.getpwnam("nobody")
        for folder in ("queue/private", "queue/pid", "data", "mail", "run", "postfix"):
            (home / folder).mkdir(parents=True)
        shutil.chown(home / "data", "postfix")
        shutil.chown(home / "queue/private", "postfix")
        os.chown(home / "mail", owner.pw_uid, owner.pw_gid)
        _certify(home)
        said = {
            "home": home, "uid": owner.pw_uid, "gid": owner.pw_gid, "receiver": receiver, "smtp": self.smtp,
            "imap": self.imap, "password": PASSWORD.replace(" ", "_"),
            "boxes": ", ".join(f"{{ {box} = {box}/ }}" for box in BOXES),
        }  # fmt: skip
        (home / "postfix/main.cf").write_text(MAIN.format(**said))
        (home / "postfix/master.cf").write_text(MASTER.format(**said))
        (home / "dovecot.conf").write_text(DOVECOT.format(**said))

    def start(self) -> None:
        self.processes = [subprocess.Popen(["dovecot", "-F", "-c", self.home / "dovecot.conf"])]
        wait_for(self.home / "queue/private/auth")
        log = (self.home / "postfix.log").open("wb")
        command = ["postfix", "-c", self.home / "postfix", "start-fg"]
        self.processes.append(subprocess.Popen(command, stdout=log, stderr=log))
        log.close()
        for port in (self.smtp, self.imap):
            answers(port)

    def stop(self) -> None:
        subprocess.run(["postfix", "-c", self.home / "postfix", "stop"], check=False, capture_output=True)
        for process in self.processes:
            process.terminate()
            process.wait(10)


@contextmanager
def mail_servers(receiver: int) -> Iterator[Servers]:
    """Both, as long as they are needed; the test is skipped where they are not installed, or may not be run."""
    if shutil.which("postfix") is None or shutil.which("dovecot") is None:
        missing("Postfix and Dovecot are not installed (apt-get install postfix dovecot-imapd)")
    if os.geteuid() != 0:
        missing("Postfix and Dovecot can be run by root only")
    with TemporaryDirectory(prefix="groundlevel-mail-") as folder:
        home = Path(folder)
        home.chmod(0o755)  # they are other users
        servers = Servers(home, receiver)
        try:
            servers.start()
            yield servers
        finally:
            servers.stop()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def wait_for(path: Path) -> None:
    """Until it is there."""
    until = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < until, f"{path} is not there"
        time.sleep(0.02)


def answers(port: int) -> None:
    """Until somebody listens."""
    until = time.monotonic() + 10
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert time.monotonic() < until, f"nobody listens at {port}"
        time.sleep(0.02)


def _certify(home: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    cert = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False).add_extension(x509.BasicConstraints(True, None), critical=True)
        .sign(key, SHA256())
    )  # fmt: skip
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (home / "key.pem").write_bytes(written)
    (home / "cert.pem").write_bytes(cert.public_bytes(Encoding.PEM))
    (home / "both.pem").write_bytes(written + cert.public_bytes(Encoding.PEM))
