"""Sending the report: by e-mail, by a webhook, or both, with the standard library.

No message of an error names a password, a user, an address of a webhook beyond its host, or what a server answered:
all of these end in logs.
"""

from __future__ import annotations

import http.client
import json
import smtplib
import ssl
import urllib.request
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

from avainvarasto.errors import ReportNotSent
from avainvarasto.settings import LOOPBACK, Settings

TIMEOUT_S = 10
Message = Mapping[str, Any]


def is_configured(settings: Settings) -> bool:
    """True if anybody is to get the report."""
    return bool(settings.report_email_to or settings.report_webhook_url)


def send(settings: Settings, message: Message) -> list[str]:
    """Send the report over every way that is set; one that fails does not keep the other back.

    Args:
        settings: the ways.
        message: `verdict`, `exit_code`, `text`, `run_id`, `home`.

    Returns:
        the ways that it went.

    Raises:
        ReportNotSent: nobody is to get it, or one way failed.
    """
    ways: dict[str, Callable[[Settings, Message], None]] = {}
    if settings.report_email_to:
        ways[f"e-mail over {settings.smtp_host}"] = _by_mail
    if settings.report_webhook_url:
        ways[f"the webhook at {urlsplit(settings.report_webhook_url).hostname}"] = _by_webhook
    sent, failed = [], []
    for way, carry in ways.items():
        try:
            carry(settings, message)
            sent.append(way)
        except ReportNotSent as own:
            failed.append(f"{way} failed: {own.problem}")
        except (OSError, http.client.HTTPException, ValueError) as error:
            failed.append(f"{way} failed: {_kind(error)}")
    if failed or not ways:
        raise _not_sent(
            "; ".join([*failed, *(f"{way} worked" for way in sent)]) or "no e-mail and no webhook is set",
            "see docs/guides/the-morning-report.md, then `avainvarasto report --send`",
        )
    return sent


def _by_mail(settings: Settings, message: Message) -> None:
    mail = EmailMessage()
    mail["From"] = settings.report_email_from
    mail["To"] = ", ".join(settings.report_email_to)
    mail["Subject"] = f"Avainvarasto {message['home']}: {message['verdict']}"
    mail["Date"] = formatdate(localtime=True)
    mail["Message-ID"] = make_msgid(domain=str(settings.report_email_from).rpartition("@")[2])
    mail.set_content(message["text"])
    password = _password(settings)
    with smtplib.SMTP(str(settings.smtp_host), settings.smtp_port, timeout=TIMEOUT_S) as server:
        if settings.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user and password:
            server.login(settings.smtp_user, password)
        if left_out := server.send_message(mail):
            raise _not_sent(
                f"{len(left_out)} of {len(settings.report_email_to)} addresses were refused", "correct the addresses"
            )


def _password(settings: Settings) -> str | None:
    path = settings.smtp_password_file
    if path is None:
        return None
    remedy = "put the password alone into that file and chmod it 0400"
    if not path.is_file():
        raise _not_sent("there is no file of AVAINVARASTO_SMTP_PASSWORD_FILE", remedy)
    if path.stat().st_mode & 0o077:
        raise _not_sent("others than the owner may read the file of AVAINVARASTO_SMTP_PASSWORD_FILE", remedy)
    if not (password := path.read_text(encoding="utf-8").strip()):
        raise _not_sent("the file of AVAINVARASTO_SMTP_PASSWORD_FILE is empty", remedy)
    return password


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The report goes to the address that was set and to no other."""

    def redirect_request(self, *_of_the_answer: Any, **_more: Any) -> None:
        return None


def _by_webhook(settings: Settings, message: Message) -> None:
    address = str(settings.report_webhook_url)
    request = urllib.request.Request(  # noqa: S310 - the settings admit https, and http to this machine only
        address,
        data=json.dumps(dict(message), ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8"},
        method="POST",
    )
    handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
    if urlsplit(address).hostname == LOOPBACK:
        handlers.append(urllib.request.ProxyHandler({}))
    with urllib.request.build_opener(*handlers).open(request, timeout=TIMEOUT_S) as answer:
        answer.read(1)


def _kind(error: Exception) -> str:
    """The kind of an error and its number; its words may hold what a server answered."""
    if isinstance(error, HTTPError):
        return f"the answer was {error.code}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__}, the answer was {error.smtp_code}"
    reason = getattr(error, "reason", None)
    return type(reason if isinstance(reason, Exception) else error).__name__


def _not_sent(problem: str, remedy: str) -> ReportNotSent:
    return ReportNotSent(
        "the morning report",
        problem,
        consequence="It stands in logs/morning-report.txt; what was loaded and published stays as it is.",
        remedy=remedy,
    )
