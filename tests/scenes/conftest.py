"""Fixtures of the scenes. A scene that leaves a request GitHub or Slack would not have taken fails, whatever else it checked."""
import os
import re
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from postgres_base import Base, server_start  # noqa: E402
from stage import Stage  # noqa: E402


@pytest.fixture(scope="session")
def app_key(tmp_path_factory):
    """The App's private key in a file, and its public numbers."""
    file = tmp_path_factory.mktemp("key") / "app.pem"
    subprocess.run(["openssl", "genrsa", "-out", str(file), "2048"], check=True, capture_output=True)
    told = subprocess.run(["openssl", "rsa", "-in", str(file), "-noout", "-modulus"], check=True, capture_output=True, text=True).stdout
    return file, (int(re.search(r"Modulus=([0-9A-F]+)", told).group(1), 16), 65537)


@pytest.fixture(scope="session")
def server():
    """A private PostgreSQL, for the scenes that want one."""
    try:
        server = server_start()
    except FileNotFoundError as missing:
        pytest.skip(f"{missing} is not installed")
    yield server
    server.close()


@pytest.fixture
def stage(tmp_path, app_key, request):
    """The stage, nothing running on it yet. With PARLEY_SCENES_ON=postgres in the environment every scene has that under it."""
    stage = Stage(tmp_path, *app_key)
    if os.environ.get("PARLEY_SCENES_ON") == "postgres":
        stage.base = Base(request.getfixturevalue("server"))
    yield stage
    signs = ("AddressSanitizer", "runtime error", "Assertion", "ended by signal")
    crashes = [line for s in stage.started for line in s.log if any(sign in line for sign in signs)]
    stage.close()
    assert not crashes, crashes
    assert not stage.github.violations, "GitHub would not have taken:\n" + "\n".join(stage.github.violations)
    assert not stage.slack.violations, "Slack would not have taken:\n" + "\n".join(stage.slack.violations)


@pytest.fixture
def served(stage):
    """The stage with the service running."""
    stage.serve()
    return stage


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed scene shows what the service said and what it asked for."""
    report = (yield).get_result()
    stage = item.funcargs.get("stage") or item.funcargs.get("served")
    if report.failed and stage:
        for service in stage.started:
            report.sections.append(("service", service.tail(60)))
            try:
                rows = service.deliveries() + service.rows("select kind, subject, state, reason from outbox")
                report.sections.append(("deliveries and outbox", "\n".join(map(str, rows))))
            except Exception as why:
                report.sections.append(("deliveries and outbox", repr(why)))
        report.sections.append(("asked of GitHub", "\n".join(map(str, stage.github.requests[-30:]))))
