#!/usr/bin/env python3
"""Runs the binary over the inputs of a suite and holds its words against the golden files beside them.

A suite is a folder here; a golden is told from its input by its suffix:
  parse/      NAME.sql .py .ipynb .json    -> NAME.EXT.parse      `parley parse --json`; deploy/example -> example.parse
  compare/    NAME.a.sql NAME.b.sql over NAME.ddl.sql or shop.ddl.sql -> NAME.compare  `parley compare`; "-- dialect: mysql" in front of NAME.a.sql
  several/    NAME/a.sql (new) and others over compare/shop.ddl.sql -> NAME.compare: `parley compare a.sql OTHERS..`
  cross/      NAME.sql NAME.py NAME.not.py over warehouse.ddl.sql -> relations: what `parley compare` says of SQL against the same in Python, and
              against a look-alike; fails when fewer than 95 in 100 are identical, or a look-alike is
  families/   NAME.pairs: "@ SCHEMA DIALECT" for what follows, "= ID [DIALECT]" before two equal queries, "! ID" before two look-alikes, a query a line;
              SCHEMA in schemas.json -> NAME.relations: what `parley compare --pairs` says of each; fails when a look-alike is identical
  fills/      pairs names two files a line -> said: what `parley compare` says of each, both ways: MERGE, APPLY CHANGES, appends, whole tables
  example/    deploy/example               -> review.text .markdown .json .sarif: its branch `feature` reviewed; README.md shows the comment
  cost/       NAME.sql over stats.yml; options in its first line -> NAME.cost; NAME/databricks.yml with the files its jobs run -> NAME.cost
  lineage/    dw/ scanned; each line of names -> NAME.show: `parley catalog show NAME`, and --json; dw/marts with compiled/manifest.json -> compiled.show
  teams/      NAME/: a repository as teams write them, innocent for the most part -> NAME.heard: all that is said of it, as it is and with every table
              that is read taken to have 400 GB; what is said aloud is marked
  check/      RULE.fires/ RULE.silent/: base/ (what exists) and sizes.yml, those of shop/ where it has none; head/ (what is new);
              runs.jsonl (what ran); pulls/NUMBER/ (what pull requests open at the same time would add); before/ (the same files as they were) -> RULE.fires.findings

usage: run.py SUITE --binary PARLEY [--update]      0 all as expected, 1 not, 77 nothing to run
"""
import argparse
import difflib
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
CLOCK = "2026-09-02T08:00:00Z"


def parley(binary, *words, cwd=SOURCE):
    environment = {**os.environ, "PARLEY_NOW": CLOCK, "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "ASAN_OPTIONS": "detect_leaks=0"}
    run = subprocess.run([binary, *map(str, words)], cwd=cwd, env=environment, capture_output=True, text=True, timeout=240)
    if run.returncode > 1 or "Sanitizer" in run.stderr or "runtime error" in run.stderr:
        return f"exit {run.returncode}\n{run.stderr}"
    return run.stdout


def settled(text):
    """Without what differs from run to run: times taken, temporary folders."""
    text = re.sub(r'"micros": ?\d+', '"micros":0', text)
    return re.sub(r"/tmp/[^\s\"':]*lakehouse", "lakehouse", text)


def cases_parse(binary, folder):
    for file in sorted(f for f in folder.iterdir() if f.suffix in (".sql", ".py", ".ipynb", ".json", ".yml")):
        yield Path(str(file) + ".parse"), lambda f=file: parley(binary, "parse", "--json", f.relative_to(SOURCE))
    files = sorted(f.relative_to(SOURCE) for side in ("main", "feature") for f in (SOURCE / "deploy/example" / side).rglob("*") if f.suffix in (".sql", ".py", ".json", ".yml"))
    yield folder / "example.parse", lambda: parley(binary, "parse", "--json", *files)


def cases_compare(binary, folder):
    for a in sorted(folder.glob("*.a.sql")):
        stem = a.name[:-len(".a.sql")]
        own = folder / (stem + ".ddl.sql")
        ddl = own if own.exists() else folder / "shop.ddl.sql"
        dialect = re.match(r"-- dialect: (\w+)\n", a.read_text())
        schema = ["--schema", ddl.relative_to(SOURCE)] + (["--dialect", dialect[1]] if dialect else [])
        b = folder / (stem + ".b.sql")
        yield folder / (stem + ".compare"), lambda a=a, b=b, s=schema: parley(binary, "compare", *s, a.relative_to(SOURCE), b.relative_to(SOURCE))


def cases_several(binary, folder):
    ddl = ["--schema", (folder.parent / "compare/shop.ddl.sql").relative_to(SOURCE)]
    for case in sorted(f for f in folder.iterdir() if f.is_dir()):
        files = sorted(f.relative_to(SOURCE) for f in case.iterdir())
        yield folder / (case.name + ".compare"), lambda f=files: parley(binary, "compare", *ddl, *f) + parley(binary, "compare", "--json", *ddl, *f)


def cases_lineage(binary, folder):
    with tempfile.TemporaryDirectory() as scratch:
        catalog = f"{scratch}/c.db"
        parley(binary, "scan", "--repo", (folder / "dw").relative_to(SOURCE), "--catalog", catalog)

        def show(name):
            told = json.loads(parley(binary, "catalog", "show", name, "--json", "--catalog", catalog))
            told = {k: told[k] for k in ("name", "columns", "upstream", "downstream", "cycle", "lineage_cut")}
            return parley(binary, "catalog", "show", name, "--catalog", catalog) + json.dumps(told, indent=1, ensure_ascii=False) + "\n"
        marts = f"{scratch}/marts.db"
        parley(binary, "scan", "--repo", (folder / "dw/marts").relative_to(SOURCE), "--manifest", (folder / "compiled/manifest.json").relative_to(SOURCE), "--catalog", marts)
        yield folder / "compiled.show", lambda: parley(binary, "catalog", "show", "best_customers", "--catalog", marts)
        for name in (folder / "names").read_text().split():
            yield folder / (name + ".show"), lambda n=name: show(n)


def cases_cost(binary, folder):
    for file in sorted(folder.glob("*.sql")):
        first = file.read_text().split("\n", 1)[0]
        words = shlex.split(first[len("-- options:"):]) if first.startswith("-- options:") else []
        stats = (folder / "stats.yml").relative_to(SOURCE)
        yield file.with_suffix(".cost"), lambda f=file, w=words, s=stats: parley(binary, "cost", "--stats", s, *w, f.relative_to(SOURCE))
    for bundle in sorted(folder.glob("*/databricks.yml")):
        yield folder / (bundle.parent.name + ".cost"), lambda b=bundle: parley(binary, "cost", "--stats", (folder / "stats.yml").relative_to(SOURCE), b.relative_to(SOURCE))


def cases_cross(binary, folder):
    ddl = (folder / "warehouse.ddl.sql").relative_to(SOURCE)

    def said(name, python):
        text = parley(binary, "compare", "--schema", ddl, folder.relative_to(SOURCE) / (name + ".sql"), folder.relative_to(SOURCE) / python)
        return (text.split() or ["nothing"])[0] if text and not text.startswith("exit") else "not read"

    def run():
        names = sorted(f.stem for f in folder.glob("*.sql") if f.name != ddl.name)
        same = {n: said(n, n + ".py") for n in names}
        other = {n: said(n, n + ".not.py") for n in names}
        found, false = sum(v == "identical" for v in same.values()), [n for n in names if other[n] == "identical"]
        head = f"{found} of {len(names)} identical, {len(false)} of {len(names)} look-alikes falsely so\n"
        if false or found < 0.95 * len(names):
            head += f"too few, or false: {false}\n"
        return head + "".join(f"{n}: {same[n]}; look-alike: {other[n]}\n" for n in names)
    yield folder / "relations", run


def pairs_read(file):
    """The pairs of a family: {"id", "dialect", "schema", "a", "b", "equal"}."""
    pairs, schema, dialect = [], None, None
    for line in filter(None, file.read_text().splitlines()):
        words = line.split()
        if words[0] == "@":
            schema, dialect = words[1:]
        elif words[0] in ("=", "!") and len(words) in (2, 3):
            pairs.append({"id": words[1], "dialect": words[2] if len(words) == 3 else dialect, "schema": schema, "equal": words[0] == "="})
        else:
            pairs[-1]["b" if "a" in pairs[-1] else "a"] = line
    return pairs


def cases_families(binary, folder):
    schemas = json.loads((folder / "schemas.json").read_text())

    def run(file):
        pairs = pairs_read(file)
        with tempfile.TemporaryDirectory() as scratch:
            rows = Path(scratch) / "rows.jsonl"
            rows.write_text("".join(json.dumps({**p, "schema": schemas[p["schema"]]}) + "\n" for p in pairs))
            said = [json.loads(line) for line in parley(binary, "compare", "--pairs", rows).splitlines()]
        told = {s["id"]: f"identical {s['tier']}" if s["relation"] == "identical" else "not proved" for s in said}
        equal, other = [p["id"] for p in pairs if p["equal"]], [p["id"] for p in pairs if not p["equal"]]
        found, false = sum(told[i].startswith("identical") for i in equal), [i for i in other if told[i].startswith("identical")]
        head = f"{found} of {len(equal)} identical, {len(false)} of {len(other)} look-alikes falsely so\n"
        if false:
            head += f"FALSE: {false}\n"
        return head + "".join(f"{'=' if p['equal'] else '!'} {p['id']}: {told[p['id']]}\n" for p in pairs)
    for file in sorted(folder.glob("*.pairs")):
        yield file.with_suffix(".relations"), lambda f=file: run(f)


def cases_fills(binary, folder):
    def said(a, b):
        shown = ["relation", "tier", "reason", "differences"]
        told = json.loads(parley(binary, "compare", "--json", (folder / a).relative_to(SOURCE), (folder / b).relative_to(SOURCE)) or "{}")
        return {k: told[k] for k in shown if told.get(k)}

    def run():
        lines = []
        for pair in (folder / "pairs").read_text().split("\n"):
            for a, b in (pair.split(), pair.split()[::-1]) if pair else ():
                lines.append(f"{a} {b}: {json.dumps(said(a, b), ensure_ascii=False)}\n")
        return "".join(lines)
    yield folder / "said", run


COMPARING = {"identical", "derivable", "generalizes", "shares", "similar", "parameterize"}


def finding_lines(report, rule=None, among=None):
    """A review as the lines a golden holds: what was said (by that rule), where, and what it saves. Proofs and rewrites have their goldens under
    compare/. Rules that compare are heard in their own goldens: elsewhere `among` leaves them out."""
    try:
        review = json.loads(report)
    except ValueError:
        return report
    lines = []
    for f in review["findings"]:
        if rule not in (None, f["rule"]) or (among and f["rule"] in COMPARING):
            continue
        lines += [f"{f['severity']} {f['rule']} {f['path']}:{f['line']} {f['text']}", f"  next: {f['next_step']}"]
        saving = f["saving"]
        if saving["low"] is not None and saving["high"] > 0:
            low, high = (f"{float(f'{saving[k]:.2g}'):,.0f}" for k in ("low", "high"))
            lines.append(f"  saves {low} to {high} {saving['currency']} a {saving['period']}, prices of {saving.get('price_date')}")
        if f.get("draft"):
            lines += ["  draft:"] + ["    " + line for line in f["draft"].rstrip().split("\n")]
    lines += [f"not understood: {g['path']}:{g['line']} {g['text']}" for g in review["not_understood"]]
    return "\n".join(lines) + "\n" if lines else "nothing to say\n"


def branches(work, before, head):
    """A repository whose branch `head` changes the files of `before`."""
    repo = work / "repo"
    shutil.rmtree(repo, ignore_errors=True)
    git = ["git", "-C", repo, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    for branch, files in (("main", before), ("head", head)):
        shutil.copytree(files, repo, dirs_exist_ok=True)
        steps = (["init", "-q"], ["add", "-A"], ["commit", "-qm", branch]) if branch == "main" else (["checkout", "-qb", branch], ["add", "-A"], ["commit", "-qm", branch])
        for step in steps:
            subprocess.run([*git, *step], check=True)
    return repo


def cases_check(binary, folder):
    work = Path(tempfile.mkdtemp())
    for case in sorted(f for f in folder.iterdir() if f.is_dir() and (f / "head").is_dir()):
        def run(case=case):
            catalog = work / (case.name + ".db")
            base, sizes = (case / name if (case / name).exists() else folder / "shop" / name for name in ("base", "sizes.yml"))
            said = parley(binary, "scan", "--repo", base, "--catalog", catalog)
            said += parley(binary, "catalog", "import", "--catalog", catalog, sizes.relative_to(SOURCE))
            for pull in sorted((case / "pulls").glob("*")):
                said += parley(binary, "scan", "--repo", pull, "--catalog", catalog)
                with sqlite3.connect(catalog) as db:
                    db.execute("UPDATE definition SET scope = 'pr:' || ? WHERE path IN (SELECT value FROM json_each(?))",
                               (pull.name, json.dumps([f.name for f in pull.iterdir()])))
            if (case / "runs.jsonl").exists():
                said += parley(binary, "runs", "import", "--catalog", catalog, (case / "runs.jsonl").relative_to(SOURCE))
            if "exit" in said:
                return said
            change = ["--repo", case / "head"]
            if (case / "before").is_dir():
                change = ["--repo", branches(work, case / "before", case / "head"), "--base", "main", "--head", "head"]
            rule = case.name.rsplit(".", 1)[0]
            alone = None if (case / "base").is_dir() else rule  # over the shared shop each rule is heard alone
            return finding_lines(parley(binary, "review", *change, "--catalog", catalog, "--format", "json"), alone, rule not in COMPARING)
        yield folder / (case.name + ".findings"), run


def heard_lines(report, seen):
    review = json.loads(report)
    for f in review["findings"]:
        line = f"{'aloud' if not f['folded'] else 'folded'} {f['rule']} {f['path']}:{f['line']} {f['text']}\n"
        if line not in seen:
            seen.add(line)
            yield line
    for g in review["not_understood"]:
        line = f"not understood: {g['path']}:{g['line']} {g['text']}\n"
        if line not in seen:
            seen.add(line)
            yield line


def cases_teams(binary, folder):
    work = Path(tempfile.mkdtemp())
    for team in sorted(f for f in folder.iterdir() if f.is_dir()):
        def run(team=team):
            catalog, sizes, seen = work / (team.name + ".db"), work / (team.name + ".yml"), set()
            parley(binary, "scan", "--repo", team, "--catalog", catalog)
            said = "".join(heard_lines(parley(binary, "review", "--repo", team, "--format", "json"), seen)) or "nothing to say\n"
            rows = map(json.loads, parley(binary, "catalog", "export", "--catalog", catalog).splitlines())
            read = sorted({name for row in rows for name in row["reads"]})
            sizes.write_text(json.dumps({"taken": "2026-08-30", "datasets": [{"name": n, "bytes": "400 GB"} for n in read]}))
            parley(binary, "catalog", "import", "--catalog", catalog, sizes)
            large = "".join(heard_lines(parley(binary, "review", "--repo", team, "--catalog", catalog, "--format", "json"), seen))
            return said + "with large tables:\n" + (large or "nothing more\n")
        yield folder / (team.name + ".heard"), run


def without_rules(report):
    """SARIF without its list of all rules, and places in that list: a new rule changes neither what is said nor where."""
    try:
        sarif = json.loads(report)
    except ValueError:
        return report
    for run in sarif["runs"]:
        run["tool"]["driver"]["rules"] = []
        for result in run["results"]:
            result.pop("ruleIndex", None)
    return json.dumps(sarif, indent=2, ensure_ascii=False) + "\n"


def readme_with(comment):
    """README.md, its picture of the comment drawn anew: the headline, the table and the commands, without the places."""
    table = [re.sub(r"<br><sub>.*?</sub>", "", line) for line in comment.splitlines() if line.startswith(("### ", "|"))]
    commands = re.search(r"^<sub>(.*)</sub>$", comment, re.MULTILINE).group(1)
    quoted = "".join(f"> {line}".rstrip() + "\n" for line in [table[0], "", *table[1:], "", commands])
    readme = (SOURCE / "README.md").read_text()
    return re.sub(r"(?:^>.*\n)+", lambda _: quoted, readme, count=1, flags=re.MULTILINE)


def cases_example(binary, folder):
    work = Path(tempfile.mkdtemp())
    repo, catalog = work / "lakehouse", work / "catalog.db"
    subprocess.run([SOURCE / "deploy/example/make", repo], check=True)
    parley(binary, "scan", "--repo", repo, "--catalog", catalog)
    parley(binary, "catalog", "import", "--catalog", catalog, "deploy/example/table_sizes.yml")
    for format in ("text", "markdown", "json", "sarif"):
        def run(format=format):
            said = parley(binary, "review", "--repo", repo, "--base", "main", "--head", "feature", "--catalog", catalog, "--format", format)
            return without_rules(said) if format == "sarif" else said
        yield folder / f"review.{format}", run
    yield SOURCE / "README.md", lambda: readme_with(run("markdown"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite")
    parser.add_argument("--binary", required=True)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    folder, off, ran = HERE / options.suite, 0, 0
    if options.update:
        folder.mkdir(exist_ok=True)
    if not folder.is_dir():
        return 77
    for golden, run in globals()["cases_" + options.suite](os.path.abspath(options.binary), folder):
        ran += 1
        now, wanted = settled(run()), golden.read_text() if golden.exists() else ""
        if options.update:
            golden.write_text(now)
        elif now != wanted:
            off += 1
            print("".join(difflib.unified_diff(wanted.splitlines(True), now.splitlines(True), str(golden.relative_to(SOURCE)), "now")))
    print(f"{ran} goldens, {off} differ")
    return 77 if ran == 0 else 1 if off else 0


if __name__ == "__main__":
    sys.exit(main())
