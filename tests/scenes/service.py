"""The real `parley serve`, started on an ephemeral port with a settings file, and the senders that talk to it.

Every delivery is signed the way its sender signs it. Nothing sleeps: waiting means a condition that is signalled by log lines and by the
fakes, with a deadline.
"""
import hashlib
import hmac
import http.client
import json
import os
import re
import signal
import sqlite3
import subprocess
import threading
import time
import uuid
from pathlib import Path
from urllib.parse import urlencode

import fake_slack
from fake_github import APP_ID

BINARY = os.environ.get("PARLEY_BIN", "parley")
SECRETS = {
    "PARLEY_GITHUB_WEBHOOK_SECRET": "scene-github-secret",
    "PARLEY_SLACK_SIGNING_SECRET": "scene-slack-secret",
    "PARLEY_SLACK_TOKEN": fake_slack.TOKEN,
    "PARLEY_DATABRICKS_SECRET": "scene-databricks-secret",
    "PARLEY_JOBS_SECRET": "scene-jobs-secret",
    "PARLEY_LINEAGE_SECRET": "scene-lineage-secret",
}
START_SECONDS = 30


class Service:
    def __init__(self, folder, settings, environment=None, base=None, name="parley"):
        """`base`: the PostgreSQL that the settings name; without one the store is SQLite's file."""
        self.folder, self.base = Path(folder), base
        self.file = self.folder / "data" / "parley.db"
        self.settings_file = self.folder / f"{name}.yml"
        self.settings_file.write_text(settings)
        self.environment = {**os.environ, **SECRETS, **(environment or {})}
        self.environment.setdefault("ASAN_OPTIONS", "detect_leaks=0")
        self.environment.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")
        self.changed = threading.Condition()
        self.log, self.process, self.port = [], None, None

    # -- life ---------------------------------------------------------------------------------------------------

    def start(self, **environment):
        self.port = None
        self.process = subprocess.Popen([BINARY, "serve", "--settings", str(self.settings_file)], env={**self.environment, **environment},
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        threading.Thread(target=self.read_log, args=(self.process,), daemon=True).start()
        self.wait(lambda: self.port or self.process.poll() is not None, "the service to listen", START_SECONDS)
        assert self.port, "the service ended at once:\n" + self.tail()
        return self

    def read_log(self, process):
        for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip("\n")
            with self.changed:
                self.log.append(line)
                found = re.search(r"listens on \S*127\.0\.0\.1:(\d+)", line)
                if found and process is self.process:
                    self.port = int(found.group(1))
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def stop(self, seconds=30):
        """SIGTERM and a graceful end; returns the exit code."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise AssertionError("the service did not end after SIGTERM:\n" + self.tail())
        return self.process.returncode if self.process else None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def is_alive(self):
        return self.process.poll() is None

    def tail(self, lines=40):
        with self.changed:
            return "\n".join(self.log[-lines:])

    def wait(self, claim, what, seconds=60):
        end = time.monotonic() + seconds
        with self.changed:
            while True:
                found = claim()
                if found:
                    return found
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"never came: {what}\n" + "\n".join(self.log[-40:]))
                self.changed.wait(min(left, 0.1))

    # -- what it holds ------------------------------------------------------------------------------------------

    def rows(self, sql):
        if self.base:
            return self.base.rows(sql)
        with sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=10) as connection:
            return connection.execute(sql).fetchall()

    def write(self, sql):
        if self.base:
            return self.base.write(sql)
        with sqlite3.connect(self.file, timeout=10) as connection:
            return connection.execute(sql)

    def deliveries(self):
        return self.rows("select sender, event, state, reason from delivery where sender <> 'timer' order by id")

    def is_settled(self):
        """Nothing waits to be worked on, nothing waits to be sent."""
        try:
            busy = self.rows("select count(*) from delivery where state in ('received', 'waiting', 'leased', 'retry')")[0][0]
            return busy == 0 and self.rows("select count(*) from outbox where state in ('pending', 'sending')")[0][0] == 0
        except sqlite3.OperationalError:
            return False

    def wait_settled(self, seconds=90):
        """Waits until everything that came in is worked off and sent."""
        try:
            self.wait(self.is_settled, "everything settled", seconds)
        except AssertionError as why:
            raise AssertionError(f"{why}\ndeliveries: {self.deliveries()}\noutbox: {self.rows('select kind, subject, state, reason from outbox')}") from None

    def run(self, *words):
        """Another command of the binary with the same settings: (exit code, output)."""
        run = subprocess.run([BINARY, *words], env=self.environment, capture_output=True, text=True, timeout=120)
        return run.returncode, run.stdout + run.stderr

    # -- bytes in -----------------------------------------------------------------------------------------------

    def request(self, method, path, body=b"", headers=None, timeout=30):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def send_github(self, event, payload, delivery=None, secret=None, signature=None):
        raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        secret = secret or SECRETS["PARLEY_GITHUB_WEBHOOK_SECRET"]
        headers = {
            "Content-Type": "application/json", "User-Agent": "GitHub-Hookshot/044aadd", "X-GitHub-Event": event, "X-GitHub-Delivery": delivery or str(uuid.uuid4()),
            "X-GitHub-Hook-ID": "1", "X-GitHub-Hook-Installation-Target-Type": "integration", "X-GitHub-Hook-Installation-Target-ID": str(APP_ID),
            "X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest(),
        }
        if signature is not None:
            headers["X-Hub-Signature-256"] = signature
        if signature == "":
            del headers["X-Hub-Signature-256"]
        return self.request("POST", "/webhooks/github", raw, headers)[0]

    def send_slack(self, path, raw, at=None, secret=None):
        stamp = str(int(time.time()) if at is None else at)
        mac = hmac.new((secret or SECRETS["PARLEY_SLACK_SIGNING_SECRET"]).encode(), f"v0:{stamp}:".encode() + raw, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=" + mac}
        return self.request("POST", path, raw, headers)

    def send_slack_command(self, text, response_url, user="U1", **more):
        form = {"command": "/review-pipeline", "text": text, "user_id": user, "user_name": "somebody", "team_id": "T1", "channel_id": "C1", "channel_name": "data-reviews",
                "response_url": response_url, "trigger_id": f"1.{uuid.uuid4().hex}"}
        return self.send_slack("/webhooks/slack/command", urlencode(form).encode(), **more)

    def send_slack_action(self, action_id, value, response_url, user="U1", message_ts="1767225600.000100"):
        payload = {"type": "block_actions", "api_app_id": "A1", "team": {"id": "T1", "domain": "acme"}, "user": {"id": user, "username": "somebody"},
                   "container": {"type": "message", "message_ts": message_ts, "channel_id": "C1"}, "channel": {"id": "C1", "name": "data-reviews"},
                   "message": {"type": "message", "ts": message_ts}, "response_url": response_url, "trigger_id": f"1.{uuid.uuid4().hex}",
                   "actions": [{"type": "button", "action_id": action_id, "block_id": "b1", "value": value, "action_ts": str(time.time())}]}
        return self.send_slack("/webhooks/slack/action", urlencode({"payload": json.dumps(payload)}).encode())

    def send_bearer(self, path, payload, secret, headers=None):
        raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return self.request("POST", path, raw, {"Content-Type": "application/json", "Authorization": "Bearer " + secret, **(headers or {})})

    def send_job(self, payload):
        return self.send_bearer("/webhooks/jobs", payload, SECRETS["PARLEY_JOBS_SECRET"])

    def send_databricks(self, payload):
        return self.send_bearer("/webhooks/databricks", payload, SECRETS["PARLEY_DATABRICKS_SECRET"])

    def send_lineage(self, payload, **headers):
        return self.send_bearer("/api/v1/lineage", payload, SECRETS["PARLEY_LINEAGE_SECRET"], headers)
