"""The report by e-mail and by webhook, against small servers on this machine that really speak the protocols."""

from __future__ import annotations

import base64
import email
import email.policy
import json
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from avainvarasto import cli, runs
from avainvarasto.errors import ReportNotSent, SettingsError
from avainvarasto.exit_codes import ExitCode
from avainvarasto.report import publish, send
from avainvarasto.settings import LOOPBACK, Settings, load_settings
from tests.deliveries import a_home, a_household_month, deliver
from tests.small_nights import MORNING, a_night

pytestmark = pytest.mark.unit
PASSWORD = "correct horse"
MESSAGE = {
    "verdict": "IN ORDER: a night.",
    "exit_code": 0,
    "text": "IN ORDER: a night.\nÄ\n",
    "run_id": None,
    "home": "h",
}
FROM, TO = "night@example.org", ("manager@example.org", "second@example.org")


class _Smtp(socketserver.StreamRequestHandler):
    """As much of SMTP as a submission needs; the server's lists keep what was said."""

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            self.server.commands.append(line)  # type: ignore[attr-defined]
            word = line.split(" ")[0].upper()
            if word == "EHLO":
                self.say("250-here", "250 AUTH PLAIN")
            elif word == "AUTH":
                given = base64.b64decode(line.split(" ")[2]).split(b"\0")[-1].decode()
                self.say("235 in" if given == PASSWORD else f"535 no, not {given}")
            elif word == "RCPT" and "refused" in line:
                self.say("550 nobody")
            elif word == "DATA":
                self.say("354 go on")
                data = b""
                while (row := self.rfile.readline()) != b".\r\n":
                    data += row
                self.server.mails.append(data)  # type: ignore[attr-defined]
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.calls.append((self.path, self.headers["Content-Type"], json.loads(body)))
        self.send_response(server.answer)
        if server.answer in (301, 302, 307):
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_said: Any) -> None:
        """Not on the terminal of the tests."""


@contextmanager
def serving(server: socketserver.TCPServer) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def smtp() -> Iterator[Any]:
    server: Any = socketserver.TCPServer((LOOPBACK, 0), _Smtp)
    server.commands, server.mails = [], []
    with serving(server) as running:
        yield running


@pytest.fixture
def hook() -> Iterator[Any]:
    server: Any = HTTPServer((LOOPBACK, 0), _Hook)
    server.calls, server.answer = [], 200
    with serving(server) as running:
        yield running


def mail(port: int, **changes: Any) -> dict[str, Any]:
    """Settings of a way by e-mail without encryption, which this machine alone admits with a password."""
    given = {"report_email_to": TO, "report_email_from": FROM, "smtp_host": LOOPBACK, "smtp_port": port}
    return given | {"smtp_starttls": False} | changes


def address(server: Any) -> str:
    return f"http://{LOOPBACK}:{server.server_address[1]}/hook/secret-token"


def closed_port() -> int:
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        return int(found.getsockname()[1])


def password_file(folder: Path, content: str = PASSWORD + "\n", mode: int = 0o400) -> Path:
    path = folder / "smtp-password"
    path.write_text(content)
    path.chmod(mode)
    return path


def test_an_e_mail_goes_to_everybody_with_the_verdict_as_its_subject(smtp: Any, tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path,
        **mail(smtp.server_address[1], smtp_user="house", smtp_password_file=password_file(tmp_path)),
    )
    assert send.send(settings, MESSAGE) == [f"e-mail over {LOOPBACK}"]
    said = " ".join(smtp.commands)
    assert f"mail FROM:<{FROM}>" in said
    assert all(f"rcpt TO:<{one}>" in said for one in TO)
    assert any(line.startswith("AUTH PLAIN") for line in smtp.commands)
    (raw,) = smtp.mails
    got = email.message_from_bytes(raw, policy=email.policy.default)
    assert got["Subject"] == "Avainvarasto h: IN ORDER: a night."
    assert got.get_content().replace("\r\n", "\n") == MESSAGE["text"]


def test_the_webhook_gets_the_report_as_json(hook: Any, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, report_webhook_url=address(hook))
    assert send.send(settings, MESSAGE) == [f"the webhook at {LOOPBACK}"]
    assert hook.calls == [("/hook/secret-token", "application/json; charset=utf-8", MESSAGE)]


@pytest.mark.parametrize("answer", [302, 307, 404, 500])
def test_an_answer_of_the_webhook_that_is_no_yes_is_a_failure_and_no_other_address_is_tried(
    hook: Any, tmp_path: Path, answer: int
) -> None:
    hook.answer = answer
    with pytest.raises(ReportNotSent, match=f"the answer was {answer}") as refused:
        send.send(Settings(home=tmp_path, report_webhook_url=address(hook)), MESSAGE)
    assert "secret-token" not in str(refused.value)
    assert len(hook.calls) == 1


def test_one_way_that_fails_does_not_keep_the_other_back(hook: Any, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, **mail(closed_port()), report_webhook_url=address(hook))
    with pytest.raises(ReportNotSent, match=r"e-mail .* ConnectionRefusedError; the webhook at .* worked"):
        send.send(settings, MESSAGE)
    assert len(hook.calls) == 1


def test_a_refused_connection_of_the_webhook_is_named_by_its_kind(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, report_webhook_url=f"http://{LOOPBACK}:{closed_port()}/secret-token")
    with pytest.raises(ReportNotSent, match="ConnectionRefusedError") as refused:
        send.send(settings, MESSAGE)
    assert "secret-token" not in str(refused.value)


def test_a_server_without_encryption_is_refused_where_it_is_asked_for(smtp: Any, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, **mail(smtp.server_address[1], smtp_starttls=True))
    with pytest.raises(ReportNotSent, match="SMTPNotSupportedError"):
        send.send(settings, MESSAGE)
    assert smtp.mails == []


def test_a_wrong_password_is_told_by_the_number_of_the_answer_alone(smtp: Any, tmp_path: Path) -> None:
    wrong = password_file(tmp_path, "battery staple")
    settings = Settings(home=tmp_path, **mail(smtp.server_address[1], smtp_user="house", smtp_password_file=wrong))
    with pytest.raises(ReportNotSent, match="SMTPAuthenticationError, the answer was 535") as refused:
        send.send(settings, MESSAGE)
    assert "battery" not in str(refused.value)
    assert smtp.mails == []


def test_an_address_that_the_server_refuses_is_counted(smtp: Any, tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path, **mail(smtp.server_address[1], report_email_to=("a@example.org", "refused@example.org"))
    )
    with pytest.raises(ReportNotSent, match="1 of 2 addresses were refused"):
        send.send(settings, MESSAGE)


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [(PASSWORD, 0o440, "others than the owner may read"), ("\n", 0o400, "is empty"), (None, 0, "there is no file")],
)
def test_a_password_file_that_cannot_be_trusted_sends_nothing(
    smtp: Any, tmp_path: Path, content: str | None, mode: int, words: str
) -> None:
    path = password_file(tmp_path, content, mode) if content is not None else tmp_path / "nowhere"
    settings = Settings(home=tmp_path, **mail(smtp.server_address[1], smtp_user="house", smtp_password_file=path))
    with pytest.raises(ReportNotSent, match=words):
        send.send(settings, MESSAGE)
    assert smtp.commands == []


def test_a_night_sends_its_report_without_the_place_of_its_home(hook: Any, smtp: Any, tmp_path: Path) -> None:
    settings = a_home(tmp_path / "house", **mail(smtp.server_address[1]), report_webhook_url=address(hook))
    deliver(settings, "kela_household_month", [a_household_month(n) for n in range(3)])
    report = a_night(settings)
    ((_, _, sent),) = hook.calls
    assert sent == {
        "verdict": report.verdict,
        "exit_code": 0,
        "text": publish.newest_text(settings),
        "run_id": "run-1",
        "home": "house",
    }
    assert len(smtp.mails) == 1
    assert str(tmp_path) not in json.dumps(sent)


def test_a_report_that_was_not_sent_says_so_and_is_no_good_end_but_what_was_loaded_stays(tmp_path: Path) -> None:
    settings = a_home(tmp_path / "house", **mail(closed_port()))
    deliver(settings, "kela_household_month", [a_household_month(n) for n in range(3)])
    report = a_night(settings)
    assert len(report.summary.taken) == 1
    assert report.exit_code == ExitCode.REFUSED_OR_FAILED
    said = publish.newest_text(settings)
    assert said.startswith("NOT IN ORDER: this report could not be sent, 1 delivery was taken")
    assert "ConnectionRefusedError" in said
    assert publish.file_of(settings, "run-1").read_text() == said
    assert json.loads((settings.logs / "morning-report.json").read_text())["exit_code"] == 1


def test_the_newest_report_can_be_sent_again(
    hook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = a_home(tmp_path / "house")
    publish.of_quiet_night(settings, runs.Lost([], None), MORNING)
    monkeypatch.setenv("AVAINVARASTO_HOME", str(settings.home))
    assert cli.main(["report", "--send"]) == 1
    assert "no e-mail and no webhook is set" in capsys.readouterr().err
    monkeypatch.setenv("AVAINVARASTO_REPORT_WEBHOOK_URL", address(hook))
    assert cli.main(["report", "--send"]) == 0
    assert capsys.readouterr().out == f"Sent: the webhook at {LOOPBACK}.\n"
    ((_, _, sent),) = hook.calls
    assert sent["text"] == publish.newest_text(settings)
    assert sent["verdict"].startswith("IN ORDER")


def test_settings_of_the_report_come_from_the_environment() -> None:
    settings = load_settings(
        {
            "AVAINVARASTO_REPORT_EMAIL_TO": "a@example.org, b@example.org",
            "AVAINVARASTO_REPORT_EMAIL_FROM": FROM,
            "AVAINVARASTO_SMTP_HOST": "mail.example.org",
            "AVAINVARASTO_SMTP_STARTTLS": "false",
            "AVAINVARASTO_REPORT_WEBHOOK_URL": "https://hooks.example.org/secret-token",
        }
    )
    assert settings.report_email_to == ("a@example.org", "b@example.org")
    assert (settings.smtp_port, settings.smtp_starttls) == (587, False)
    assert "secret-token" not in repr(settings)


@pytest.mark.bite
@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"REPORT_EMAIL_TO": TO[0]}, "REPORT_EMAIL_FROM"),
        ({"REPORT_EMAIL_TO": TO[0], "REPORT_EMAIL_FROM": FROM}, "SMTP_HOST"),
        ({"SMTP_HOST": "mail.example.org"}, "REPORT_EMAIL_TO"),
        ({"REPORT_EMAIL_TO": "nobody", "REPORT_EMAIL_FROM": FROM, "SMTP_HOST": "h"}, "REPORT_EMAIL_TO"),
        ({"REPORT_EMAIL_TO": TO[0], "REPORT_EMAIL_FROM": "a b@c", "SMTP_HOST": "h"}, "REPORT_EMAIL_FROM"),
        ({"SMTP_USER": "house"}, "SMTP_PASSWORD_FILE"),
        ({"SMTP_PASSWORD_FILE": "p"}, "SMTP_USER"),
        ({"SMTP_USER": "house", "SMTP_PASSWORD_FILE": "p"}, "SMTP_HOST"),
        ({"REPORT_WEBHOOK_URL": "http://hooks.example.org/secret-token"}, "REPORT_WEBHOOK_URL"),
        ({"REPORT_WEBHOOK_URL": "http://127.0.0.1.example.org/secret-token"}, "REPORT_WEBHOOK_URL"),
        ({"REPORT_WEBHOOK_URL": "file:///secret-token"}, "REPORT_WEBHOOK_URL"),
        ({"REPORT_WEBHOOK_URL": "https:///secret-token"}, "REPORT_WEBHOOK_URL"),
    ],
)
def test_settings_that_are_half_given_or_unsafe_start_nothing(given: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=f"^AVAINVARASTO_{named}: ") as refused:
        load_settings({f"AVAINVARASTO_{name}": value for name, value in given.items()})
    assert "secret-token" not in str(refused.value)


@pytest.mark.bite
def test_a_password_never_crosses_the_network_in_the_clear() -> None:
    given = {
        "REPORT_EMAIL_TO": TO[0],
        "REPORT_EMAIL_FROM": FROM,
        "SMTP_HOST": "mail.example.org",
        "SMTP_STARTTLS": "false",
        "SMTP_USER": "house",
        "SMTP_PASSWORD_FILE": "p",
    }
    with pytest.raises(SettingsError, match="in the clear"):
        load_settings({f"AVAINVARASTO_{name}": value for name, value in given.items()})
