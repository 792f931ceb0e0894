"""The commands on the terminal: what they print as JSON is a contract, and wrong words get a clear answer."""
import json
import os
import re
import subprocess

import pytest

from service import BINARY
from stage import CHURN, EXAMPLE


@pytest.fixture(scope="module")
def lakehouse(tmp_path_factory):
    """The example repository, and a catalog of its main branch with the sizes of its tables."""
    folder = tmp_path_factory.mktemp("terminal")
    subprocess.run([EXAMPLE / "make", folder / "lakehouse"], check=True)
    catalog = folder / "catalog.db"
    code, out, err = parley("scan", "--repo", folder / "lakehouse", "--catalog", catalog)
    assert code == 0, err
    code, out, err = parley("catalog", "import", "--catalog", catalog, EXAMPLE / "table_sizes.yml")
    assert code == 0, err
    return folder / "lakehouse", catalog


def parley(*words, stdin=None, cwd=None):
    run = subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, input=stdin, cwd=cwd, timeout=240,
                         env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0", "NO_COLOR": "1"})
    assert run.returncode in (0, 1, 2, 3), f"{words} ended with {run.returncode}\n{run.stderr[-3000:]}"
    assert "Sanitizer" not in run.stderr and "runtime error" not in run.stderr, run.stderr[-3000:]
    return run.returncode, run.stdout, run.stderr


def scene_help_lists_every_command_and_each_explains_itself():
    code, out, _ = parley("--help")
    assert code == 0
    names = re.findall(r"^  (\w+)  +\S", out, re.M)
    assert {"serve", "review", "scan", "compare", "parse", "find", "catalog", "explain", "queue", "reviews", "doctor", "simulate"} <= set(names)
    for name in names:
        code, out, err = parley(name, "--help")
        assert code == 0 and out.startswith("Usage: parley " + name), name


def scene_wrong_words_name_the_right_ones():
    code, _, err = parley("reveiw")
    assert code == 2 and "review" in err
    code, _, err = parley("review", "--formta", "json")
    assert code == 2 and err
    code, _, err = parley("review", "--repo", "/nowhere")
    assert code == 3 and "/nowhere" in err
    code, _, err = parley("serve", "--settings", "/nowhere.yml")
    assert code == 3 and "/nowhere.yml" in err


def scene_settings_that_are_off_name_file_line_and_key(tmp_path):
    file = tmp_path / "parley.yml"
    file.write_text("data: /tmp/x\nlisten: 127.0.0.1:0\nlimts: {workers: 2}\n")
    code, _, err = parley("serve", "--settings", file)
    assert code == 3 and f"{file}:3" in err and "limits" in err, err
    file.write_text("github:\n  webhook_secret: hunter2hunter2\n")
    code, _, err = parley("serve", "--settings", file)
    assert code == 3 and "PARLEY_GITHUB_WEBHOOK_SECRET" in err and "hunter2" not in err, err


def scene_parse_says_per_file_what_was_understood(tmp_path):
    (tmp_path / "good.sql").write_text("select 1 as x;\ncreate table a.b as select * from c.d;\n")
    (tmp_path / "bad.sql").write_text("select 1 as x;\nselect from from where;\n")
    code, out, _ = parley("parse", "--json", tmp_path / "good.sql", tmp_path / "bad.sql")
    lines = [json.loads(l) for l in out.splitlines()]
    assert code == 1 and len(lines) == 2
    for line in lines:
        assert {"path", "dialect", "kind", "statements", "definitions", "errors", "micros"} <= set(line), line
    assert lines[0]["errors"] == [] and lines[0]["statements"] == 2
    assert lines[1]["errors"][0]["line"] == 2 and lines[1]["errors"][0]["message"]
    assert parley("parse", "--json", tmp_path / "good.sql")[0] == 0


def scene_compare_pairs_answers_line_by_line(tmp_path):
    schema = {"tables": {"t": {"id": "BIGINT", "a": "INT", "b": "INT"}}, "not_null": ["t.id"], "keys": [["t.id"]], "fks": []}
    pairs = [("same", "select a from t where a > 1", "select a from t where 1 < a"), ("other", "select a from t", "select b from t"), ("finer", "select a from t where b = 1", "select a, b from t")]
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(json.dumps({"id": i, "dialect": "databricks", "schema": schema, "a": a, "b": b}) + "\n" for i, a, b in pairs))
    code, out, err = parley("compare", "--pairs", file)
    lines = {l["id"]: l for l in map(json.loads, out.splitlines())}
    assert set(lines) == {"same", "other", "finer"}, err
    for line in lines.values():
        assert {"id", "relation", "tier", "micros", "assumes", "differences", "rewrite"} <= set(line), line
    assert lines["same"]["relation"] == "identical" and lines["other"]["relation"] != "identical"
    assert lines["finer"]["relation"] == "derivable" and lines["finer"]["rewrite"]


def scene_explain_shows_how_a_query_is_understood(tmp_path):
    (tmp_path / "ddl.sql").write_text("create table orders (id int not null primary key, customer_id int references customers, day date);\n"
                                      "create table customers (id int not null primary key, region text);\n")
    (tmp_path / "q.sql").write_text("select c.region, count(*) as n from (select * from orders where 1 < 2) o join customers c on c.id = o.customer_id group by 1\n")
    code, out, err = parley("explain", tmp_path / "q.sql", "--schema", tmp_path / "ddl.sql", "--dialect", "postgres")
    assert code == 0 and "aggregate by customers.region: count(*)" in out and "orders" in out, out + err
    code, out, _ = parley("explain", "--json", tmp_path / "q.sql", "--schema", tmp_path / "ddl.sql")
    explained = json.loads(out)
    assert code == 0 and explained["not_proving"] is None and explained["tables"] == ["customers", "orders"]
    assert set(explained["fingerprints"]) == {"ordered", "any_order", "parameters"}
    (tmp_path / "bad.sql").write_text("select from where\n")
    code, _, err = parley("explain", tmp_path / "bad.sql")
    assert code == 1 and "bad.sql: 1:8" in err, err


def scene_a_foreign_key_may_leave_its_columns_to_the_other_table(tmp_path):
    (tmp_path / "schema.sql").write_text("create table s.customers (id int primary key);\ncreate table s.orders (id int, customer_id int references s.customers);\n")
    code, _, err = parley("scan", "--repo", tmp_path, "--catalog", tmp_path / "c.db")
    assert code == 0, err


def scene_review_of_the_example_finds_what_it_is_made_for(lakehouse):
    repo, catalog = lakehouse
    code, out, err = parley("review", "--repo", repo, "--base", "main", "--head", "feature", "--catalog", catalog, "--format", "json")
    assert code in (0, 1), err
    review = json.loads(out)
    assert {"verdict", "findings", "not_understood", "read"} <= set(review) and {"files", "definitions"} <= set(review["read"])
    for finding in review["findings"]:
        assert {"key", "rule", "severity", "relation", "path", "line", "dataset", "owner", "cost", "text", "rewrite"} <= set(finding), finding
    by_path = {}
    for finding in review["findings"]:
        by_path.setdefault(finding["path"], []).append(finding)
    churn = [f for f in by_path.get(CHURN, []) if f["relation"] in ("identical", "derivable")]
    assert churn and churn[0]["dataset"].endswith("gold.customer_features") and churn[0]["rewrite"] and "dana" in churn[0]["owner"]
    assert any(f["rule"] in ("materialize", "large-scan") for f in by_path.get("dashboards/live_ops.lvdash.json", [])), by_path.keys()
    assert any(f["relation"] in ("derivable", "shares") for f in by_path.get("notebooks/basket_analysis.py", [])), by_path.keys()
    assert any(f["rule"].startswith("metric") for f in by_path.get("models/marts/weekly_active_users.sql", [])), by_path.keys()
    assert "models/marts/ticket_backlog.sql" not in by_path, "the clean file is clean"


def scene_review_speaks_every_format(lakehouse):
    repo, catalog = lakehouse
    words = ["review", "--repo", repo, "--base", "main", "--head", "feature", "--catalog", catalog, "--format"]
    text, markdown, sarif = (parley(*words, f)[1] for f in ("text", "markdown", "sarif"))
    assert "gold.customer_features" in text and "\x1b" not in text
    assert "### Parley" in markdown
    run = json.loads(sarif)["runs"][0]
    assert json.loads(sarif)["version"] == "2.1.0" and run["tool"]["driver"]["rules"] and run["results"]


def scene_the_same_review_twice_is_the_same(lakehouse):
    repo, catalog = lakehouse
    words = ["review", "--repo", repo, "--base", "main", "--head", "feature", "--catalog", catalog, "--format", "markdown"]
    assert parley(*words)[1] == parley(*words)[1]


def scene_a_clean_branch_says_so(lakehouse, tmp_path):
    repo, catalog = lakehouse
    code, out, err = parley("review", "--repo", repo, "--base", "main", "--head", "main", "--catalog", catalog, "--format", "json")
    assert code == 0 and json.loads(out)["findings"] == [], err


def scene_find_and_catalog_know_what_was_scanned(lakehouse):
    _, catalog = lakehouse
    code, out, err = parley("find", "--catalog", catalog, "customer_features")
    assert code == 0 and "gold.customer_features" in out, err
    code, out, err = parley("catalog", "stats", "--catalog", catalog, "--json")
    assert code == 0 and json.loads(out)["definitions"] >= 5, err
    code, out, err = parley("catalog", "show", "gold.customer_features", "--catalog", catalog)
    assert code == 0 and "customer_id" in out, err


def scene_no_two_engines_are_needed_to_be_sound(tmp_path):
    """A few pairs that fool others; none may be called identical."""
    traps = [("select a from t where a not in (select b from t)", "select a from t where not exists (select 1 from t u where u.b = t.a)"),
             ("select count(b) as n from t", "select count(*) as n from t"), ("select a from t limit 1", "select a from t where 1 = 1 limit 1"), ("select rand() as r from t", "select rand() as r from t"),
             ("select a from t union select a from t", "select a from t"), ("select sum(a) as s from t where b = 1", "select sum(case when b = 1 then a else 0 end) as s from t")]
    schema = {"tables": {"t": {"id": "BIGINT", "a": "INT", "b": "INT"}}, "not_null": [], "keys": [], "fks": []}
    file = tmp_path / "traps.jsonl"
    file.write_text("".join(json.dumps({"id": str(i), "dialect": "databricks", "schema": schema, "a": a, "b": b}) + "\n" for i, (a, b) in enumerate(traps)))
    _, out, err = parley("compare", "--pairs", file)
    assert [l["id"] for l in map(json.loads, out.splitlines()) if l["relation"] == "identical"] == [], err


def scene_a_scan_lists_what_it_cannot_prove_and_why(tmp_path):
    sql = {
        "sum.sql": "CREATE TABLE a AS SELECT k, SUM(v) AS v FROM t GROUP BY k;\n",
        "ties.sql": "CREATE TABLE b AS\nSELECT k FROM t ORDER BY v LIMIT 3;\n",
    }
    repo = tmp_path / "repo"
    repo.mkdir()
    for name, text in sql.items():
        (repo / name).write_text(text)
    code, out, err = parley("scan", "--repo", repo, "--catalog", tmp_path / "c.db", "--unproved", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert (found["definitions"], found["planned"], found["formed"], found["bound"], found["text"]) == (2, 1, 1, 0, 0), found
    assert [(u["path"], u["line"], u["understood"]) for u in found["unproved"]] == [("ties.sql", 1, "form")], found
    assert "tie" in found["unproved"][0]["why"]
    code, out, _ = parley("scan", "--repo", repo, "--catalog", tmp_path / "c.db", "--unproved")
    assert "ties.sql:1: b: LIMIT" in out
