"""What the fakes share: an HTTP server on loopback that records every request, plays scripted faults, and lets a scene wait for a state.

Nothing here sleeps: a scene waits on a condition that is signalled whenever a request was answered.
"""
import json
import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

WAIT_SECONDS = 60


class Answer:
    """What goes back: a status, JSON (or bytes), extra headers."""

    def __init__(self, status=200, body=None, headers=None):
        self.status, self.body, self.headers = status, body, headers or {}


class Fault:
    """One scripted mishap: the next `times` requests that match get it instead of, or after, the real answer."""

    def __init__(self, method, path, answer=None, cut=None, times=1):
        self.method, self.path, self.answer, self.cut, self.times = method, re.compile(path), answer, cut, times
        self.hits = 0

    def matches(self, request):
        return self.hits < self.times and self.method in (None, request.method) and self.path.search(request.path)


class Request:
    def __init__(self, method, path, query, headers, raw):
        self.method, self.path, self.query, self.headers, self.raw = method, path, query, headers, raw
        self.status = None

    @property
    def json(self):
        return json.loads(self.raw) if self.raw else None

    def __repr__(self):
        return f"{self.method} {self.path} -> {self.status}"


class FakeServer:
    """Subclasses implement answer(request) -> Answer."""

    def __init__(self):
        self.changed = threading.Condition(threading.RLock())
        self.requests, self.violations, self.faults = [], [], []
        self.closing = threading.Event()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body go out as two writes: without this each answer takes 40 ms

            def handle_any(self):
                fake.handle(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any

            def log_message(self, *words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *args: None
        self.host = "127.0.0.1:%d" % self.server.server_address[1]
        self.url = "http://" + self.host
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    # -- for scenes ---------------------------------------------------------------------------------------------

    def fault(self, method, path, answer=None, cut=None, times=1):
        """The next requests that match get `answer`; cut="before" closes without doing it, "after" does it and then closes,
        "hang" never answers."""
        with self.changed:
            fault = Fault(method, path, answer, cut, times)
            self.faults.append(fault)
            return fault

    def wait(self, claim, what, seconds=WAIT_SECONDS):
        """Waits until claim() is true; `what` says in words what never came."""
        end = time.monotonic() + seconds
        with self.changed:
            while True:
                found = claim()
                if found:
                    return found
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"never came: {what}\nlast requests: {self.requests[-12:]}\nviolations: {self.violations}")
                self.changed.wait(min(left, 1.0))

    def violation(self, request, why):
        with self.changed:
            self.violations.append(f"{request.method} {request.path}: {why}")

    # -- the server ---------------------------------------------------------------------------------------------

    def handle(self, http):
        parts = urlsplit(http.path)
        request = Request(http.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), http.headers, self.read_body(http))
        request.query_string = parts.query
        with self.changed:
            fault = next((f for f in self.faults if f.matches(request)), None)
            if fault:
                fault.hits += 1
        if fault and fault.cut == "hang":
            self.note(request, "hang")
            self.closing.wait(WAIT_SECONDS)
            return self.cut(http)
        if fault and fault.cut == "before":
            self.note(request, "cut")
            return self.cut(http)
        answer = fault.answer if fault and fault.answer else self.answer_safely(request)
        self.note(request, answer.status)
        if fault and fault.cut == "after":
            return self.cut(http)
        self.send(http, answer)

    def answer_safely(self, request):
        try:
            with self.changed:  # one at a time, as a database would: two servers ask at once, and ids must stay theirs
                return self.answer(request)
        except Exception as why:  # a fault of the fake itself must fail the scene, not vanish in a thread
            self.violation(request, f"the fake could not answer: {why!r}")
            return Answer(500, {"message": "the fake failed"})

    def note(self, request, status):
        with self.changed:
            request.status = status
            self.requests.append(request)
            self.changed.notify_all()

    @staticmethod
    def cut(http):
        http.close_connection = True
        try:
            http.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    @staticmethod
    def read_body(http):
        if http.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while True:
                size = int(http.rfile.readline().split(b";")[0], 16)
                parts.append(http.rfile.read(size))
                http.rfile.readline()
                if size == 0:
                    return b"".join(parts)
        return http.rfile.read(int(http.headers.get("Content-Length") or 0))

    @staticmethod
    def send(http, answer):
        body = answer.body
        kind = "application/json; charset=utf-8"
        if body is None:
            body = b""
        elif isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        elif isinstance(body, str):
            body, kind = body.encode(), "text/plain; charset=utf-8"
        try:
            http.send_response(answer.status)
            headers = {"Content-Type": kind, **answer.headers, "Content-Length": str(len(body))}
            for name, value in headers.items():
                http.send_header(name, value)
            http.end_headers()
            if http.command != "HEAD":
                http.wfile.write(body)
        except OSError:
            http.close_connection = True
