#!/usr/bin/env python3
"""How much of each corpus parses, and how fast: parley parse, with --peer sqlglot beside it (fetched into .deps/peer), else its figures quoted.

usage: parse.py --binary PARLEY [--peer] [--misses FILE] [--size BYTES]
Corpora are read from PARLEY_CORPORA, pairs from PARLEY_EQUIVALENCE. Templated files (Jinja, ERB) and cells of other languages are left out.
Exit 0: done; 77: no corpora. Speed is the best of five runs on one core over a text of the named corpora repeated to --size;
give a release build. "quoted" marks figures of others that were not run here.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import peer

CORPORA = [  # name, folder and pattern below it, dialect
    ("spark sql-tests", "spark-sql-tests/**/*.sql", "databricks"),
    ("spark benchmarks", "spark-sql-benchmarks/**/*.sql", "databricks"),
    ("databricks files", "databricks-sql-files/**/*.sql", "databricks"),
    ("databricks notebooks", "databricks-notebooks-sql/**/*.sql", "databricks"),
    ("dlt", "dlt-sql/**/*.sql", "databricks"),
    ("bigquery-etl", "bigquery-etl/**/*.sql", "bigquery"),
    ("bigquery misc", "bigquery-misc/**/*.sql", "bigquery"),
    ("mimic bigquery", "mimic-concepts/**/concepts/**/*.sql", "bigquery"),
    ("mimic postgres", "mimic-concepts/**/*postgres*/**/*.sql", "postgres"),
    ("mimic duckdb", "mimic-concepts/**/concepts_duckdb/**/*.sql", "duckdb"),
    ("snowflake", "snowflake-sql/**/*.sql", "snowflake"),
    ("postgres", "postgres-sql/**/*.sql", "postgres"),
    ("omop ddl", "multi-dialect-ddl/**/*spark*.sql", "spark"),
] + [(f"sqlfluff {d}", f"sqlfluff-dialects/**/{f}/*.sql", d) for f, d in
     (("databricks", "databricks"), ("sparksql", "spark"), ("bigquery", "bigquery"), ("snowflake", "snowflake"), ("postgres", "postgres"), ("trino", "trino"), ("ansi", "ansi"))]
QUOTED = {"spark sql-tests": "sqlglot 94.6 % (quoted)", "databricks notebooks": "sqlglot 92.3 % (quoted)", "dlt": "sqlglot 88.3 % (quoted)", "bigquery-etl": "sqlglot 99.2 % (quoted)",
          "databricks files": "sqlglot 85.0 % (quoted)"}
TEMPLATE = re.compile(r"{%|{#|{{[^}]*[(|]|<FILL[-_]IN>")
OTHER_CELL = re.compile(r"\s*(--\s*MAGIC\s+%|--\s*Databricks notebook source\s*$|%(?!sql\b)|#)")


def sql_of(text, name):
    """The SQL of a file: None when it is a template; of a notebook its SQL cells."""
    if TEMPLATE.search(text):
        return None
    if "-- COMMAND ----------" not in text:
        return text
    cells = []
    for cell in text.replace("-- Databricks notebook source", "").split("-- COMMAND ----------"):
        body = "\n".join(line for line in cell.splitlines() if not re.match(r"\s*(-- DBTITLE|-- MAGIC)", line))
        if not OTHER_CELL.match(body.strip() or "#"):
            cells.append(re.sub(r"^\s*%sql\b", "", body))
    return ";\n".join(cells)


def accepted(binary, dialect, texts, misses):
    """Statements and failures over texts by name."""
    statements = failures = 0
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for i, (name, text) in enumerate(texts):
            path = Path(folder) / f"{i}.sql"
            path.write_text(text, errors="surrogateescape")
            files.append((str(path), name))
        for start in range(0, len(files), 500):
            run = subprocess.run([binary, "parse", "--dialect", dialect, "--json"] + [f for f, _ in files[start : start + 500]], capture_output=True, text=True)
            names = dict(files)
            for line in run.stdout.splitlines():
                found = json.loads(line)
                statements += found["statements"]
                failures += len(found["errors"])
                for e in found["errors"]:
                    if misses:
                        misses.write(f"{names.get(found['path'])}:{e['line']}:{e['column']}: {e['message']}\n")
    return statements, failures


def speed(binary, dialect, text):
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(text)
        file.flush()
        runs = [json.loads(subprocess.run([binary, "parse", "--dialect", dialect, "--json", file.name], capture_output=True, text=True).stdout)["micros"] for _ in range(5)]
    return len(text.encode()) / min(runs)


def beside(python, name, dialect, texts):
    """What the peer reads of the same texts, statement by statement."""
    if not python:
        return QUOTED.get(name, "")
    statements, read, kept = peer.parsed(python, dialect, texts)
    return f"sqlglot {100 * read / max(statements, 1):.1f} % of {statements}" + (f", {100 * kept / statements:.1f} % more kept as text" if kept else "")


def pairs_texts(folder):
    by_dialect = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            row = json.loads(line)
            dialect = {"calcite": "ansi", None: "ansi"}.get(row.get("dialect"), row.get("dialect"))
            for key in ("a", "b", "mv", "query"):
                if isinstance(row.get(key), str):
                    by_dialect.setdefault(dialect, []).append(row[key].strip().rstrip(";"))
    return by_dialect


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--misses")
    parser.add_argument("--size", type=int, default=4_000_000)
    options = parser.parse_args()
    source = Path(__file__).resolve().parents[2]
    corpora = Path(os.environ.get("PARLEY_CORPORA", source / "../shared/corpora"))
    pairs = Path(os.environ.get("PARLEY_EQUIVALENCE", source / "../shared/equivalence"))
    if not corpora.is_dir():
        print("skipped: no corpora")
        return 77
    misses = open(options.misses, "w") if options.misses else None
    python = peer.install() if options.peer else None
    big = []
    print(f"{'corpus':24} {'statements':>10} {'failed':>7} {'parsed':>8}  others")
    for name, pattern, dialect in CORPORA:
        texts = [(str(p.relative_to(corpora)), sql_of(p.read_text(errors="surrogateescape"), p.name)) for p in sorted(corpora.glob(pattern)) if p.is_file()]
        texts = [(n, t) for n, t in texts if t]
        if name.startswith("mimic bigquery"):
            texts = [(n, t) for n, t in texts if "aws" not in n and "postgres" not in n]
        if not texts:
            continue
        statements, failures = accepted(options.binary, dialect, texts, misses)
        print(f"{name:24} {statements:10} {failures:7} {100 * (1 - failures / max(statements, 1)):7.2f}%  {beside(python, name, dialect, [t for _, t in texts])}", flush=True)
        if dialect == "bigquery":
            big += [t.rstrip().rstrip(";") for _, t in texts]
    for dialect, texts in sorted(pairs_texts(pairs).items()) if pairs.is_dir() else []:
        statements, failures = accepted(options.binary, dialect, [(f"pairs {dialect}", ";\n".join(texts))], misses)
        print(f"{'pairs ' + dialect:24} {statements:10} {failures:7} {100 * (1 - failures / max(statements, 1)):7.2f}%")
    text = ";\n".join(big) + ";\n"
    text *= max(1, options.size // len(text))
    ours, theirs = speed(options.binary, "bigquery", text), peer.speed(python, "bigquery", text[:300_000]) if python else None
    other = f"sqlglot {theirs:.2f} MB/s in this run" if theirs else "sqlglot 0.95 MB/s (quoted)"
    print(f"speed: {ours:.1f} MB/s on {len(text)} bytes of dbt-like BigQuery, one core; target 60; {other}: {ours / (theirs or 0.95):.0f} times")
    return 0


if __name__ == "__main__":
    sys.exit(main())
