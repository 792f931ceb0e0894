"""A private PostgreSQL on a unix socket in a temporary folder, and the few messages of its protocol that a test needs.

Protocol: https://www.postgresql.org/docs/15/protocol-message-formats.html (simple queries, text values, trust on a private socket).
"""
import atexit
import glob
import os
import pwd
import shutil
import socket
import struct
import subprocess
import tempfile


def binary(name):
    for folder in ["", "/usr/local/bin", *sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)]:
        path = shutil.which(name) if not folder else os.path.join(folder, name)
        if path and os.access(path, os.X_OK):
            return path
    return None


def other_user():
    """PostgreSQL refuses to run as root: the first of these that exists."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


class Server:
    """Starts when made, ends when closed or when the program ends."""

    def __init__(self, connections=8):
        if not binary("initdb") or not binary("postgres"):
            raise FileNotFoundError("PostgreSQL (initdb, postgres)")
        self.folder = tempfile.mkdtemp(prefix="parley-pg-")
        self.user = other_user() if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        as_user = {"user": self.user.pw_uid, "group": self.user.pw_gid} if os.getuid() == 0 else {}
        data = os.path.join(self.folder, "data")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": self.folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"}}
        subprocess.run([binary("initdb"), "-D", data, "-U", "parley", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"], check=True, **quiet, **as_user)
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={self.folder}", "-c", "fsync=off", "-c", "synchronous_commit=off",
                   "-c", "full_page_writes=off", "-c", "autovacuum=off", "-c", "jit=off", "-c", f"max_connections={connections}", "-c", "shared_buffers=32MB"]
        self.process = subprocess.Popen([binary("postgres"), "-D", data, *options], **quiet, **as_user)
        atexit.register(self.close)

    def url(self, database="postgres"):
        """Its address, as libpq reads it."""
        return f"postgresql://parley@/{database}?host={self.folder}"

    def connect(self, database="postgres"):
        path = os.path.join(self.folder, ".s.PGSQL.5432")
        while True:
            if self.process.poll() is not None:
                raise RuntimeError("PostgreSQL did not start")
            try:
                return Connection(path, database)
            except (FileNotFoundError, ConnectionRefusedError, EOFError):
                try:
                    self.process.wait(0.05)
                except subprocess.TimeoutExpired:
                    pass

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(2)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Connection:
    def __init__(self, path, database="postgres"):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")
        words = b"user\0parley\0database\0" + database.encode() + b"\0\0"
        self.socket.sendall(struct.pack("!ii", len(words) + 8, 196608) + words)
        error = None
        while True:
            kind, body = self.message()
            if kind == b"E":
                error = body
            if kind == b"Z":
                return
            if error and kind == b"E":
                raise ConnectionRefusedError(error)

    def message(self):
        head = self.file.read(5)
        if len(head) < 5:
            raise EOFError("PostgreSQL closed the connection")
        size = struct.unpack("!i", head[1:])[0] - 4
        return head[:1], self.file.read(size)

    def run(self, sql):
        """Results of all statements of `sql`: [(type oids, rows)], rows as tuples of str or None; or the error's text."""
        data = sql.encode() + b"\0"
        self.socket.sendall(b"Q" + struct.pack("!i", len(data) + 4) + data)
        results, types, rows, error = [], [], [], None
        while True:
            kind, body = self.message()
            if kind == b"T":
                types, rows = column_types(body), []
            elif kind == b"D":
                rows.append(row_values(body))
            elif kind == b"C" and body.startswith(b"SELECT"):
                results.append((types, rows))
            elif kind == b"E":
                parts = dict((part[:1], part[1:].decode()) for part in body.split(b"\0") if part)
                error = parts.get(b"M", "error")
            elif kind == b"Z":
                return error if error is not None else results


def column_types(body):
    count, at, types = struct.unpack("!h", body[:2])[0], 2, []
    for _ in range(count):
        at = body.index(b"\0", at) + 1
        types.append(struct.unpack("!ihihih", body[at:at + 18])[2])
        at += 18
    return types


def row_values(body):
    count, at, values = struct.unpack("!h", body[:2])[0], 2, []
    for _ in range(count):
        size = struct.unpack("!i", body[at:at + 4])[0]
        at += 4
        values.append(None if size < 0 else body[at:at + size].decode())
        at += max(size, 0)
    return tuple(values)
