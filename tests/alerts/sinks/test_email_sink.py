"""E-mail against a mail server on this machine: threads, refused recipients, TLS, log-in."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from alerts.discovery import sinks
from alerts.notice import Item
from alerts.sink import Receipt, RefusedError, RetriableError, Sink, SinkConfigError, Timer, UnansweredError
from config.secrets import forget
from config.settings import Email, Settings

TIMER = Timer(lambda: 0.0, lambda _: None)
SENDER = "burnline@example.com"


class Mailbox:
    """Keeps what is sent; `refuses` maps a recipient, or the step `data` or `mail`, to what it answers."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.refuses: dict[str, str] = {}

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if "mail" in self.refuses:
            return self.refuses["mail"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if "data" in self.refuses:
            return self.refuses["data"]
        made = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(made, EmailMessage)
        self.mails.append(made)
        self.recipients.append(envelope.rcpt_tos)
        return "250 OK"


@contextmanager
def mail_server(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def port(mailbox: Mailbox) -> Iterator[int]:
    with mail_server(mailbox) as port:
        yield port


def connected(port: int, *to: str, **server: Any) -> Sink:
    own = {"host": "localhost", "port": port, "encryption": "none", "sender": SENDER, **server}
    kind = sinks()["email"]
    options = kind.options.model_validate({"to": to or ("finops@example.com", "sponsor@example.com")})
    return kind.connect(options, Settings(email=Email.model_validate(own)), TIMER)


def test_later_mails_answer_the_first_and_the_same_letter_has_the_same_id(
    mailbox: Mailbox, port: int, letter: Any
) -> None:
    sink = connected(port)
    root = sink.send("post", letter("m1")).root
    sink.send("post", letter("m1"))
    sink.send("reply", letter("m2", root=root, transition="resolved", is_open=False, lead="Resolved after 1 hour"))
    first, again, answer = mailbox.mails
    assert first["Message-ID"] == again["Message-ID"] == root == "<m1@example.com>"
    assert (answer["In-Reply-To"], answer["References"]) == (root, root)
    assert answer["Message-ID"] == "<m2@example.com>"
    assert first["Subject"] == "🟠 Ticket: Team x is over its budget"
    assert answer["Subject"].startswith("Re: ✅ Resolved")
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["To"] == "finops@example.com, sponsor@example.com"
    text = answer.get_content()
    assert "Resolved after 1 hour: Team x has spent $9 of $8." in text
    assert "http://127.0.0.1:8501/spend?team=x" in text
    assert mailbox.recipients == [["finops@example.com", "sponsor@example.com"]] * 3


def test_a_mail_says_why_and_what_happened_then(mailbox: Mailbox, port: int, letter: Any) -> None:
    connected(port).send("post", letter(why=("Prices rose.",), happened=("Release 7\nwent out.",)))
    text = "\n".join(mailbox.mails[0].get_content().splitlines())
    assert "\n\nPrices rose.\nRelease 7 went out.\n\n" in text


def test_a_mail_names_a_digests_alerts_and_counts_the_rest(mailbox: Mailbox, port: int, letter: Any) -> None:
    connected(port).send("post", letter(items=(Item("Ticket: a is bad", None),), unnamed_count=1200))
    text = "\n".join(mailbox.mails[0].get_content().splitlines())
    assert "\nTicket: a is bad\n… and 1,200 more\n" in text


def test_what_telemetry_says_adds_no_header(mailbox: Mailbox, port: int, letter: Any) -> None:
    connected(port).send("post", letter(title="x\r\nBcc: evil@example.com\x00\u2028y", summary="a\r\n.\r\nb"))
    (mail,) = mailbox.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "🟠 Ticket: x Bcc: evil@example.com y"
    assert mail.get_content().splitlines()[2:5] == ["a", ".", "b"]


def test_who_is_refused_for_good_is_named_and_the_others_have_it(mailbox: Mailbox, port: int, letter: Any) -> None:
    mailbox.refuses["sponsor@example.com"] = "550 no such user"
    receipt = connected(port).send("post", letter("m1"))
    assert receipt == Receipt("<m1@example.com>", "550 for sponsor@example.com")
    assert mailbox.recipients == [["finops@example.com"]]
    mailbox.refuses["finops@example.com"] = "551 moved"
    with pytest.raises(RefusedError, match=r"551 for finops@example\.com, 550 for sponsor@example\.com"):
        connected(port).send("post", letter())


def test_who_is_put_off_gets_it_later_alone(mailbox: Mailbox, port: int, letter: Any) -> None:
    mailbox.refuses["sponsor@example.com"] = "451 greylisted"
    with pytest.raises(RetriableError) as told:
        connected(port).send("post", letter("m1"))
    assert (told.value.code, told.value.everything, told.value.remaining) == ("smtp_451", False, "sponsor@example.com")
    mailbox.refuses.clear()
    assert connected(port).send("post", letter("m1", remaining=told.value.remaining)).refused is None
    assert mailbox.recipients == [["finops@example.com"], ["sponsor@example.com"]]
    assert {mail["Message-ID"] for mail in mailbox.mails} == {"<m1@example.com>"}
    assert mailbox.mails[1]["To"] == "finops@example.com, sponsor@example.com"


@pytest.mark.parametrize(
    ("step", "answer", "error", "told"),
    [
        ("data", "452 full", RetriableError, "smtp_452"),
        ("data", "554 spam", RefusedError, "smtp_554"),
        ("mail", "451 later", RetriableError, "smtp_451"),
        ("mail", "550 not you", SinkConfigError, f"does not let {SENDER} send"),
    ],
)
def test_a_refused_mail_says_what_to_do_next(
    mailbox: Mailbox, port: int, letter: Any, step: str, answer: str, error: type[Exception], told: str
) -> None:
    mailbox.refuses[step] = answer
    with pytest.raises(error, match=told):
        connected(port).send("post", letter())


def test_a_server_that_is_not_there_got_nothing_and_one_that_falls_silent_may_have_it(
    port: int, letter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RetriableError, match="unreachable"):
        connected(9).send("post", letter())

    def cut_off(*_: object) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(smtplib.SMTP, "data", cut_off)
    with pytest.raises(UnansweredError, match="SMTPServerDisconnected"):
        connected(port).send("post", letter())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of localhost in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    own = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + own)
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def logged_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"burnline", b"pass word"), handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # with implicit TLS it is there anyway
@pytest.mark.parametrize("encryption", ["starttls", "tls"])
def test_mail_travels_encrypted_and_logged_in_to_a_server_whose_certificate_is_known(
    mailbox: Mailbox,
    certificate: Path,
    tls: ssl.SSLContext,
    letter: Any,
    monkeypatch: pytest.MonkeyPatch,
    encryption: str,
) -> None:
    asked = {"authenticator": logged_in, "auth_required": True}
    layers = {"tls_context": tls, "require_starttls": True} if encryption == "starttls" else {"ssl_context": tls}
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("BURNLINE_TEST_MAIL", "pass word")
    monkeypatch.setenv("BURNLINE_TEST_WRONG", "another")
    for name in ("MAIL", "WRONG"):
        forget(f"env:BURNLINE_TEST_{name}")
    more = {"auth_require_tls": encryption == "starttls"}
    with mail_server(mailbox, **asked, **layers, **more) as port:
        account = {"encryption": encryption, "user": "burnline", "password": "env:BURNLINE_TEST_MAIL"}
        sink = connected(port, **account)
        assert "lets Burnline in" in sink.check()
        sink.send("post", letter())
        assert len(mailbox.mails) == 1
        with pytest.raises(SinkConfigError, match="refuses the user burnline") as told:
            connected(port, **{**account, "password": "env:BURNLINE_TEST_WRONG"}).check()
        assert "another" not in str(told.value)
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(SinkConfigError, match="No safe connection to the mail server localhost"):
            sink.send("post", letter())
    assert len(mailbox.mails) == 1


def test_a_server_without_encryption_gets_no_readable_mail(mailbox: Mailbox, port: int, letter: Any) -> None:
    with pytest.raises(SinkConfigError, match="cannot do that: STARTTLS"):
        connected(port, encryption="starttls").send("post", letter())
    assert mailbox.mails == []
    with pytest.raises(ValidationError, match='a password needs encryption = "starttls" or "tls"'):
        connected(port, user="burnline", password="env:BURNLINE_TEST_MAIL")
    with pytest.raises(ValidationError, match="user and password belong together"):
        connected(port, user="burnline")


@pytest.mark.parametrize("address", ["FinOps <finops@example.com>", "a@b, c@d", "finops", "x@y\nBcc: z@y"])
def test_only_bare_addresses_are_recipients(port: int, address: str) -> None:
    with pytest.raises(ValidationError, match="write it bare"):
        connected(port, address)
