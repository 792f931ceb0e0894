#!/usr/bin/env python3
"""Runs test programs against a PostgreSQL of their own: PARLEY_TEST_STORE names it, and each makes schemas of its own there.

usage: units.py [--verbose] PROGRAM...     exit 77 where PostgreSQL is not installed
"""
import os
import subprocess
import sys

import pg

SECONDS = 120


def main(words):
    verbose = "--verbose" in words
    try:
        server = pg.Server(connections=60)
    except FileNotFoundError as missing:
        print(f"skipped: {missing} is not installed")
        return 77
    server.connect()
    environment = {**os.environ, "PARLEY_TEST_STORE": server.url()}
    failed = []
    for program in (word for word in words if not word.startswith("--")):
        run = subprocess.run([program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS)
        name = os.path.basename(program)
        print(f"{name}: {'passed' if run.returncode == 0 else f'exit {run.returncode}'}", flush=True)
        if run.returncode or verbose:
            print(run.stdout, flush=True)
        if run.returncode:
            failed.append(name)
    return 1 if failed else 0


sys.exit(main(sys.argv[1:]))
