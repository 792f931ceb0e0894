#!/usr/bin/env python3
"""Names without a schema: every `identical` that parley claims of queries over tables it knows nothing of is held against SQLite.

usage: noschema.py --parley PARLEY [--pairs N] [--seed N]
Random queries full of stars, derived tables and bare names, and one-edit mutants of them, are compared without a schema. Each claim is then run
under schemas that give the columns to the tables in different ways, wherever both queries run. Columns are disjoint, so that no name is ambiguous.
Exit 0: no claim was wrong; 1: some was (printed with its schema); 77: nothing ran.
"""
import argparse
import collections
import json
import random
import re
import sqlite3
import subprocess
import sys
import tempfile

COLUMNS, TABLES, ALIASES = ["k", "x", "y", "z"], ["ra", "rb", "rc"], ["a", "b", "c", "d"]


class Queries:
    def __init__(self, r):
        self.r = r

    def name(self, aliases):
        column = self.r.choice(COLUMNS)
        return column if not aliases or self.r.random() < 0.6 else self.r.choice(aliases) + "." + column

    def condition(self, aliases):
        r, n = self.r, lambda: self.name(aliases)
        return r.choice([f"{n()} IS NOT NULL", f"{n()} > {r.randint(0, 2)}", f"{n()} = {n()}", f"COALESCE({n()}, 0) = {r.randint(0, 2)}",
                         f"{n()} IN (SELECT {r.choice(COLUMNS)} FROM {r.choice(TABLES)})",
                         f"EXISTS (SELECT 1 FROM {r.choice(TABLES)} e WHERE e.{r.choice(COLUMNS)} = {n()})"])

    def relation(self, depth, alias, tables):
        return f"{tables.pop()} {alias}" if depth <= 0 or self.r.random() < 0.5 else f"({self.query(depth - 1, [tables.pop()])}) {alias}"

    def joined(self, depth, tables):
        r = self.r
        aliases = r.sample(ALIASES, min(len(tables), r.choice([1, 2, 2, 3])))
        text = self.relation(depth, aliases[0], tables)
        for i in range(1, len(aliases)):
            on = f"{aliases[i]}.{r.choice(COLUMNS)} = {r.choice(aliases[:i])}.{r.choice(COLUMNS)}"
            text += f" {r.choice(['JOIN', 'LEFT JOIN'])} {self.relation(depth, aliases[i], tables)} ON {on}"
        return text, aliases

    def query(self, depth, tables=None):
        r = self.r
        if depth > 0 and tables is None and r.random() < 0.1:
            return f"{self.query(depth - 1)} {r.choice(['UNION ALL', 'UNION', 'EXCEPT'])} {self.query(depth - 1)}"
        source, aliases = self.joined(depth, tables if tables else r.sample(TABLES, 3))
        where = "" if r.random() < 0.4 else " WHERE " + " AND ".join(self.condition(aliases) for _ in range(r.choice([1, 1, 2])))
        items = r.choice(["*", "*", "*", ", ".join(a + ".*" for a in aliases), r.choice(aliases) + ".*, " + self.name(aliases), self.name(aliases) + ", *",
                          ", ".join(f"{self.name(aliases)} AS {c}" for c in r.sample(COLUMNS, r.choice([1, 2, 3])))])
        return f"SELECT {items} FROM {source}{where}"

    @staticmethod
    def wrapped(way, sql):
        return [f"SELECT * FROM ({sql}) d", f"WITH w AS ({sql}) SELECT * FROM w", f"SELECT d.* FROM ({sql}) d WHERE d.x IS NOT NULL",
                f"SELECT x, y FROM ({sql}) d WHERE d.k > 0", f"SELECT *, d.x FROM ({sql}) d"][way]

    def mutant(self, sql):
        r = self.r
        if r.random() < 0.2:
            return self.wrapped(r.randrange(5), sql)
        edits = [(m, "JOIN") for m in re.finditer(r"LEFT JOIN", sql)] + [(m, "LEFT JOIN") for m in re.finditer(r"(?<!LEFT )JOIN", sql)]
        edits += [(m, m[0][2:]) for m in re.finditer(r"\b[abcd]\.[kxyz]\b", sql)]
        edits += [(m, r.choice(ALIASES) + "." + m[0]) for m in re.finditer(r"(?<![.\w(])[kxyz]\b(?! FROM)", sql)]
        edits += [(m, r.choice(ALIASES) + ".*") for m in re.finditer(r"\b[abcd]\.\*", sql)]
        edits += [(m, f"SELECT {r.choice(['x, k', r.choice(ALIASES) + '.*'])} FROM") for m in re.finditer(r"SELECT \* FROM", sql)]
        if not edits:
            return sql
        m, text = r.choice(edits)
        return sql[:m.start()] + text + sql[m.end():]


def pairs_make(r, count):
    queries, pairs = Queries(r), []
    while len(pairs) < count:
        a = b = queries.query(2)
        for _ in range(r.choice([1, 1, 2, 3])):
            b = queries.mutant(b)
        for _ in range(r.choice([0, 1, 1, 2])):
            way = r.randrange(5)
            a, b = queries.wrapped(way, a), queries.wrapped(way, b)
        if len(a) < 900:
            pairs.append((queries.mutant(a) if r.random() < 0.2 else a, b))
    return pairs


def claims_of(parley, pairs):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for i, (a, b) in enumerate(pairs):
            file.write(json.dumps({"id": str(i), "dialect": "sqlite", "a": a, "b": b, "label": "neq"}) + "\n")
        file.flush()
        run = subprocess.run([parley, "compare", "--pairs", file.name, "--no-refute"], capture_output=True, text=True)
    if run.returncode not in (0, 1):
        sys.exit(f"parley ended with {run.returncode}\n{run.stderr[-1000:]}")
    return [int(c["id"]) for c in map(json.loads, run.stdout.splitlines()) if c["relation"] == "identical"]


def database(r):
    owner = {c: r.choice(TABLES) for c in COLUMNS}
    schema = {t: [c for c in COLUMNS if owner[c] == t] or ["other_" + t] for t in TABLES}
    db = sqlite3.connect(":memory:")
    for table, columns in schema.items():
        db.execute(f"CREATE TABLE {table} ({', '.join(c + ' INT' for c in columns)})")
        for _ in range(r.choice([0, 2, 4, 5])):
            db.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(columns))})", [r.choice([None, 0, 1, 1, 2, 3]) for _ in columns])
    return schema, db


def rows(db, sql):
    try:
        return collections.Counter(db.execute(sql).fetchall())
    except sqlite3.Error:
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parley", required=True)
    parser.add_argument("--pairs", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    r = random.Random(options.seed)
    pairs = pairs_make(r, options.pairs)
    claims = claims_of(options.parley, pairs)
    databases = [database(r) for _ in range(60)]
    ran = wrong = 0
    for i in claims:
        results = [(schema, rows(db, pairs[i][0]), rows(db, pairs[i][1])) for schema, db in databases]
        results = [x for x in results if x[1] is not None and x[2] is not None]
        ran += bool(results)
        differs = [x for x in results if x[1] != x[2]]
        if differs:
            wrong += 1
            print(f"WRONG under {differs[0][0]}\n  {pairs[i][0]}\n  {pairs[i][1]}")
    print(f"seed {options.seed}: {len(pairs)} pairs, {len(claims)} called identical, {ran} of them ran, {wrong} wrong")
    return 1 if wrong else 0 if ran else 77


if __name__ == "__main__":
    sys.exit(main())
