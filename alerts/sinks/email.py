"""E-mail, by the mail server of [email]: the first mail of an alert begins a thread, later ones answer it."""

import logging
import re
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from alerts.message import headline
from alerts.notice import Notice
from alerts.post import read_secret
from alerts.sink import (
    Action,
    Letter,
    Options,
    Receipt,
    RefusedError,
    RetriableError,
    Sink,
    SinkConfigError,
    SinkError,
    SinkKind,
    Timer,
    UnansweredError,
)
from alerts.wording import moment
from config.secrets import forget
from config.settings import Email, Settings

log = logging.getLogger(__name__)

CALL_SECONDS = 10.0
"""For each answer of the server; a mail that outlasts its lease is sent again with the same Message-ID."""
RECIPIENTS = 20
"""Each is a question to the server; more people belong on a list."""
SUBJECT_CHARACTERS = 200


def _address(value: str) -> str:
    if not re.fullmatch(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", value):
        raise ValueError(f"{value!r} is no e-mail address; write it bare, such as finops@example.com")
    return value


class EmailOptions(Options):
    """`to` are bare addresses; all see each other."""

    to: Annotated[tuple[Annotated[str, AfterValidator(_address)], ...], Field(min_length=1, max_length=RECIPIENTS)]


class EmailSink:
    """Some recipients at one mail server. The root is the Message-ID of the alert's first mail."""

    def __init__(self, server: Email, password: str | None, to: tuple[str, ...]) -> None:
        self._server = server
        self._password = password
        self._to = to

    def send(self, action: Action, letter: Letter) -> Receipt:
        """One mail; the same letter has the same Message-ID, by which mail servers know it."""
        to = letter.remaining.split(", ") if letter.remaining else list(self._to)
        mail = compose(action, letter, self._server.sender, self._to)
        return _receipt(letter.root or str(mail["Message-ID"]), to, self._refused(mail, to))

    def check(self) -> str:
        """Connects and logs in."""
        smtp = self._connected()
        smtp.close()
        return (
            "the mail server answers and lets Burnline in; whether it takes the recipients shows with the first mail."
        )

    def _refused(self, mail: EmailMessage, to: list[str]) -> dict[str, tuple[int, bytes]]:
        """Sends; who does not get it, with the server's code. Raises SinkError when nobody gets it."""
        smtp = self._connected()
        try:
            return smtp.send_message(mail, self._server.sender, to)
        except smtplib.SMTPRecipientsRefused as error:
            return error.recipients
        except smtplib.SMTPResponseException as error:
            raise self._refusal(error) from None
        except smtplib.SMTPNotSupportedError:
            raise RefusedError("no_smtputf8") from None
        except (smtplib.SMTPException, OSError) as error:
            raise UnansweredError(f"no answer ({type(error).__name__})") from None
        finally:
            _leave(smtp)

    def _refusal(self, error: smtplib.SMTPResponseException) -> SinkError:
        """4xx is for now; 5xx is for good, of the sender or of this mail."""
        code = f"smtp_{error.smtp_code}"
        if error.smtp_code < 500:
            return RetriableError(code, everything=False)
        if isinstance(error, smtplib.SMTPSenderRefused):
            return SinkConfigError(
                code,
                f"The mail server {self._server.host} does not let {self._server.sender} send ({error.smtp_code}); "
                "correct the sender of [email]. Mails wait until then.",
            )
        return RefusedError(code)

    def _connected(self) -> smtplib.SMTP:
        """A connection that may send. Raises RetriableError, SinkConfigError."""
        server = self._server
        context = ssl.create_default_context()
        try:
            if server.encryption == "tls":
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=CALL_SECONDS, context=context)
            else:
                smtp = smtplib.SMTP(server.host, server.port, timeout=CALL_SECONDS)
        except ssl.SSLError as error:
            raise self._untrusted(error) from None
        except (smtplib.SMTPException, OSError) as error:
            raise RetriableError(f"unreachable ({type(error).__name__})") from None
        try:
            self._introduce(smtp, context)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _introduce(self, smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server = self._server
        try:
            if server.encryption == "starttls":
                smtp.starttls(context=context)
            if server.user and self._password:
                smtp.login(server.user, self._password)
        except ssl.SSLError as error:
            raise self._untrusted(error) from None
        except smtplib.SMTPNotSupportedError as error:
            raise SinkConfigError("not_supported", f"The mail server {server.host} cannot do that: {error}") from None
        except smtplib.SMTPAuthenticationError as error:
            forget(server.password or "")
            raise SinkConfigError(
                f"smtp_{error.smtp_code}",
                f"The mail server {server.host} refuses the user {server.user} ({error.smtp_code}); correct user and "
                "password of [email]. Mails wait until then.",
            ) from None
        except smtplib.SMTPResponseException as error:
            raise RetriableError(f"smtp_{error.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise RetriableError(f"unreachable ({type(error).__name__})") from None

    def _untrusted(self, error: ssl.SSLError) -> SinkConfigError:
        host = f"{self._server.host}:{self._server.port}"
        return SinkConfigError(
            "tls",
            f"No safe connection to the mail server {host} ({error.reason or 'TLS'}); correct host, port or encryption "
            "of [email]. Mails wait until then.",
        )


def compose(action: Action, letter: Letter, sender: str, to: tuple[str, ...]) -> EmailMessage:
    """The mail as it is sent."""
    notice = letter.notice
    mail = EmailMessage()
    mail["Subject"] = _line(f"{'Re: ' if action == 'reply' else ''}{headline(notice)}", SUBJECT_CHARACTERS)
    mail["From"] = sender
    mail["To"] = ", ".join(to)
    mail["Date"] = format_datetime(letter.created_at)
    mail["Message-ID"] = f"<{letter.message_id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if action == "reply" and letter.root:
        mail["In-Reply-To"] = letter.root
        mail["References"] = letter.root
    mail.set_content("\n".join(_lines(notice)))
    return mail


def _lines(notice: Notice) -> list[str]:
    said = f"{notice.lead}: {notice.summary}" if notice.lead else notice.summary
    told = [_line(headline(notice), SUBJECT_CHARACTERS), "", said, ""]
    told += [f"{label}: {value}" for label, value in (*notice.fields, ("Since", moment(notice.since)))]
    if reasons := (*notice.why, *notice.happened):
        told += ["", *(_line(reason, 1000) for reason in reasons)]
    told += ["", *(_line(f"{item.text} {item.link or ''}", 1000) for item in notice.items)] if notice.items else []
    told += [f"… and {notice.unnamed_count:,} more"] if notice.unnamed_count else []
    told += ["", f"Runbook: {notice.runbook}"] if notice.runbook else []
    return [*told, "", notice.link] if notice.link else told


def _line(text: str, longest: int) -> str:
    """A header's value: no line break can add a header of its own."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _receipt(root: str, to: list[str], refused: dict[str, tuple[int, bytes]]) -> Receipt:
    """What became of a mail that some may have got. Raises RetriableError for those who can have it later."""
    never = [f"{refused[address][0]} for {address}" for address in to if refused.get(address, (0, b""))[0] >= 500]
    later = [address for address in to if address in refused and refused[address][0] < 500]
    if later:
        if never:
            log.error("The mail server refuses recipients for good: %s.", ", ".join(never))
        code = f"smtp_{refused[later[0]][0]}"
        raise RetriableError(code, everything=False, remaining=", ".join(later))
    if len(never) == len(to):
        raise RefusedError(", ".join(never))
    return Receipt(root, ", ".join(never) or None)


def _leave(smtp: smtplib.SMTP) -> None:
    """Says good-bye; what became of the mail is known by then."""
    with suppress(smtplib.SMTPException, OSError):
        smtp.quit()
    smtp.close()


def connect(options: EmailOptions, settings: Settings, _timer: Timer) -> Sink:
    """The mail server of the settings; no call is made. Raises SinkConfigError."""
    server = settings.email
    if server is None:
        raise SinkConfigError("not_configured", "burnline.toml has no [email] section; mails wait.")
    password = read_secret(server.password, "password of [email]") if server.password else None
    return EmailSink(server, password, options.to)


SINK = SinkKind(
    name="email",
    options=EmailOptions,
    target=lambda options: ", ".join(options.to),
    connect=connect,
    threads=True,
    repeatable=frozenset({"post", "reply"}),
)
