#!/usr/bin/env python3
"""How many pairs of each set are proved, how fast, and whether anything false is claimed.

usage: prove.py --binary PARLEY [--sets a,b] [--misses FILE] [--no-refute] [--counter BENCH_REFUTE] [--peer]
Sets are read from PARLEY_EQUIVALENCE. Exit 0: no pair known to differ was called identical; 1: some was; 77: no sets.
With --counter, the `eq` rows that were not proved are run on small databases that keep the declared keys: a row is "refuted" when one of them tells its
two queries apart (or they give different numbers of columns), a "tie" when they are the same but for rows that tie in the order of a LIMIT. Such a
label does not hold for every database, and a row of that kind cannot be proved; "of the rest" leaves them out.
The column "others" quotes the published or measured figures of others on the full sets; --peer runs sqlglot (fetched into .deps/peer) on the same rows.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import peer

QUOTED = {
    "sqlsolver_calcite": "prototype 68 %, SPES 41 %, sqlglot 23 %",
    "sqlsolver_spark": "prototype 72 %, sqlglot 33 %",
    "sqlsolver_tpch": "prototype 23 %",
    "sqlsolver_tpcc": "prototype 100 %, sqlglot 0 %",
    "sqlsolver_tpcds_calcite": "prototype 33 %, sqlglot 3 %",
    "sqlsolver_job_spark": "prototype 98 %, sqlglot 0 %",
    "leetcode_eval": "prototype 47 %, sqlglot 17 %",
    "literature64": "prototype 24 %, sqlglot 12 %",
    "spider_din": "prototype 91 %, sqlglot 78 %",
    "text2sql_variants": "prototype 43 %, sqlglot 20 %",
    "student_exam": "prototype 0 % (labels are weak)",
    "hard_negatives": "prototype 2 false (LIMIT ties), sqlglot 7 false",
}
TARGET = {"sqlsolver_calcite": 85, "sqlsolver_spark": 85, "sqlsolver_tpcc": 100, "sqlsolver_job_spark": 98, "sqlsolver_tpch": 75,
          "sqlsolver_tpcds_calcite": 60, "leetcode_eval": 60, "literature64": 50, "spider_din": 95, "text2sql_variants": 60}

LIMIT_MEDIAN, LIMIT_WORST = 50, 5000  # microseconds of one pair, the refuter aside


def run_set(binary, path, refute, misses):
    rows = {str(r["id"]): r for r in map(json.loads, path.read_text().splitlines()) if r}
    words = [binary, "compare", "--pairs", str(path)] + ([] if refute else ["--no-refute"])
    run = subprocess.run(words, capture_output=True, text=True)
    proved = {"eq": 0}
    false, micros, total, unread, missed = [], [], {}, 0, []
    for line in run.stdout.splitlines():
        out = json.loads(line)
        row = rows[str(out["id"])]
        label = row["label"]
        total[label] = total.get(label, 0) + 1
        micros.append(out["micros"])
        same = out["relation"] == "identical"
        unread += "reason" in out and out["tier"] == "" and out["relation"] == "unrelated"
        if label == "eq" and same:
            proved["eq"] += 1
        if label in ("neq", "refuted") and same:
            false.append(out["id"])
        if label == "eq" and not same:
            missed.append({**row, "out": out})
            if misses:
                misses.write(json.dumps(missed[-1]) + "\n")
    if run.returncode not in (0, 1):
        print(f"  {path.stem}: exit {run.returncode} after {len(micros)} of {len(rows)} pairs\n{run.stderr[-2000:]}")
    return proved["eq"], total, false, micros, missed


def labels_without_proof(tool, folder, missed):
    """(rows with a counter-database or other columns, rows that differ by ties only), of the eq rows that were not proved."""
    ties = {str(row["id"]) for row in missed if "tie in its order" in str(row["out"].get("reason"))}
    with tempfile.TemporaryDirectory() as scratch:
        for schemas in folder.glob("*.schemas.json"):
            (Path(scratch) / schemas.name).symlink_to(schemas.resolve())
        path = Path(scratch) / "misses.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in missed if str(row["id"]) not in ties))
        said = subprocess.run([tool, "--all", "--databases", "3000", str(path)], capture_output=True, text=True).stdout
    refuted = re.findall(r"^eq (\S+): (?:REFUTED|cannot different numbers of columns)", said, re.MULTILINE)
    return len(refuted), len(ties)


def beside(python, folder, path):
    """What the peer calls equal of the same rows: a line of the table."""
    rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    schemas = {p.name: json.loads(p.read_text()) for p in folder.glob(path.stem + ".schemas.json")}
    found = peer.equal(python, rows, schemas)
    claimed = {label: sum(found[str(r["id"])][0] for r in rows if r["label"] in label) for label in (("eq",), ("neq", "refuted"))}
    eq = sum(r["label"] == "eq" for r in rows)
    micros = sorted(t for _, t in found.values())
    return f"{'    sqlglot, this run':26}{claimed[('eq',)]:>9}/{eq or '-'}{'':>8}{claimed[('neq', 'refuted')]:>12}{statistics.median(micros):>11.0f}{micros[int(len(micros) * 0.95)]:>9.0f}{micros[-1]:>9.0f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--sets")
    parser.add_argument("--misses", help="write the eq pairs that were not proved here, one JSON object a line")
    parser.add_argument("--counter", metavar="BENCH_REFUTE", help="look for databases that refute the eq labels which were not proved")
    parser.add_argument("--no-refute", action="store_true", help="without the refuter: what the normal form alone claims")
    parser.add_argument("--peer", action="store_true", help="run sqlglot on the same rows")
    options = parser.parse_args()
    python = peer.install() if options.peer else None
    folder = Path(os.environ.get("PARLEY_EQUIVALENCE", Path(__file__).resolve().parents[3] / "shared/equivalence"))
    sets = [p for p in sorted(folder.glob("*.jsonl")) if p.stem in QUOTED]
    if options.sets:
        sets = [p for p in sets if p.stem in options.sets.split(",")]
    if not sets:
        print(f"no sets in {folder}")
        return 77
    wrong, pairs = 0, []
    misses = open(options.misses, "w") if options.misses else None
    print(f"{'set':26}{'eq proved':>16}{'target':>8}{'false':>7}{'median us':>11}{'p95':>9}{'max':>9}  others (quoted)")
    for path in sets:
        proved, total, false, micros, missed = run_set(options.binary, path, not options.no_refute, misses)
        eq = total.get("eq", 0)
        share = f"{proved}/{eq} {100 * proved / eq:.0f} %" if eq else "-"
        micros.sort()
        pairs += micros
        median = statistics.median(micros) if micros else 0
        p95 = micros[int(len(micros) * 0.95)] if micros else 0
        target = f"{TARGET[path.stem]} %" if path.stem in TARGET else ""
        print(f"{path.stem:26}{share:>16}{target:>8}{len(false):>7}{median:>11.0f}{p95:>9}{micros[-1] if micros else 0:>9}  {QUOTED[path.stem]}", flush=True)
        if python:
            print(beside(python, folder, path), flush=True)
        if options.counter and missed:
            refuted, ties = labels_without_proof(options.counter, folder, missed)
            rest = eq - refuted - ties
            print(f"    {len(missed)} not proved: {refuted} labels refuted, {ties} ties; of the rest {proved}/{rest}, {100 * proved / rest:.0f} %")
        for identity in false:
            print(f"    FALSE identical: {identity}")
        wrong += len(false)
    print("claims that are false:", wrong)
    if pairs:
        print(f"a pair, over all {len(pairs)}{'' if options.no_refute else ', its refuting included'}: median {statistics.median(pairs):.0f} us (limit {LIMIT_MEDIAN}), "
              f"worst {max(pairs)} us (limit {LIMIT_WORST})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
