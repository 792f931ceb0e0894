"""A PostgreSQL under a stage, in place of SQLite's file."""
import itertools
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "postgres"))
import pg  # noqa: E402

NUMBERS = (20, 23)
names = itertools.count(1)


def server_start():
    """The server of all scenes; FileNotFoundError where PostgreSQL is not installed."""
    server = pg.Server(connections=80)
    server.connect()
    return server


class Base:
    """A database of its own on the server, and a connection to look into it."""

    def __init__(self, server):
        self.name = f"scene_{next(names)}"
        server.connect().run(f"CREATE DATABASE {self.name}")
        self.url, self.server, self.connection = server.url(self.name), server, None

    def run(self, sql):
        self.connection = self.connection or self.server.connect(self.name)
        return self.connection.run(sql)

    def write(self, sql):
        answer = self.run(sql)
        assert not isinstance(answer, str), f"{sql}: {answer}"

    def rows(self, sql):
        answer = self.run(sql)
        if isinstance(answer, str):
            assert "does not exist" in answer, f"{sql}: {answer}"
            return [(0,)]  # the service has not made its tables yet
        types, rows = answer[-1]
        return [tuple(int(v) if v is not None and t in NUMBERS else v for v, t in zip(row, types)) for row in rows]
