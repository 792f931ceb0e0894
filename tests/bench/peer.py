"""sqlglot, the peer of parse.py and prove.py: fetched on --peer into .deps/peer, run in a process of its own.

    peer.install()                      -> the Python that has it, or None with the reason on stderr
    peer.parsed(python, dialect, texts) -> (statements, read, kept): each statement between two semicolons on its own; of those without an error, the
                                           ones it reads and the ones it keeps as the text of an unknown command
    peer.speed(python, dialect, text)   -> MB/s of one parse
    peer.equal(python, rows, schemas)   -> {id: (same, micros)} for rows {"id", "a", "b", "dialect", "schema"}: the texts of both queries are
                                           compared after optimize() with the row's schema, tables renamed in their order, columns without their
                                           names, the operands of AND, OR, = and IN sorted. That is a claim of equality as its users make it, not a proof.
"""
import json
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve()
HOME = HERE.parents[2] / ".deps/peer"
DIALECT = {"ansi": "", "calcite": "", None: ""}
TYPE = {"number": "decimal", "others": "text", "time": "timestamp"}


def install():
    python = HOME / "bin/python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", HERE.parent / "requirements.txt"], check=True)
    except (subprocess.CalledProcessError, OSError) as why:
        print(f"the peer could not be installed, its figures are quoted: {why}", file=sys.stderr)
        return None
    return str(python)


def ask(python, question):
    return json.loads(subprocess.run([python, HERE], input=json.dumps(question), capture_output=True, text=True, check=True).stdout)


def parsed(python, dialect, texts):
    return ask(python, {"do": "parsed", "dialect": dialect, "texts": texts})


def speed(python, dialect, text):
    return ask(python, {"do": "speed", "dialect": dialect, "texts": [text]})


def equal(python, rows, schemas):
    return ask(python, {"do": "equal", "rows": rows, "schemas": schemas})


# -- in the process that has sqlglot ----------------------------------------------------------------------------------


def statements_of(sqlglot, dialect, text):
    """Lists of tokens between semicolons, and whether the text could be lexed to its end."""
    found = [[]]
    try:
        tokens = dialect.tokenize(text)
    except sqlglot.errors.TokenError:
        return [], False
    for token in tokens:
        if token.token_type.name == "SEMICOLON":
            found.append([])
        else:
            found[-1].append(token)
    return [tokens for tokens in found if tokens], True


def do_parsed(sqlglot, question):
    dialect = sqlglot.Dialect.get_or_raise(DIALECT.get(question["dialect"], question["dialect"]))
    total = read = kept = 0
    for text in question["texts"]:
        statements, lexed = statements_of(sqlglot, dialect, text)
        total += len(statements) if lexed else 1
        for tokens in statements:
            try:
                trees = dialect.parser(error_level=sqlglot.ErrorLevel.RAISE).parse(tokens, text)
                unknown = any(isinstance(tree, sqlglot.exp.Command) for tree in trees)
                kept, read = kept + unknown, read + (not unknown)
            except (sqlglot.errors.SqlglotError, RecursionError):
                pass
    return total, read, kept


def do_speed(sqlglot, question):
    start = time.perf_counter()
    sqlglot.parse(question["texts"][0], read=DIALECT.get(question["dialect"], question["dialect"]), error_level=sqlglot.ErrorLevel.IGNORE)
    return len(question["texts"][0].encode()) / (time.perf_counter() - start) / 1e6


def canonical(sqlglot, sql, dialect, schema):
    from sqlglot.optimizer import optimize

    exp = sqlglot.exp
    tree = optimize(sqlglot.parse_one(sql, read=dialect), schema=schema, dialect=dialect)
    names = {}
    for node in tree.find_all(exp.TableAlias, bfs=False):
        names.setdefault(node.name, f"t{len(names)}")
    for node in tree.find_all(exp.Identifier):
        if isinstance(node.parent, exp.TableAlias) or (isinstance(node.parent, exp.Column) and node.arg_key == "table"):
            node.set("this", names.get(node.name, node.name))
    for select in tree.selects:  # columns count by place
        if isinstance(select, exp.Alias):
            select.replace(select.this)
    for node in reversed(list(tree.find_all(exp.And, exp.Or, exp.EQ, exp.In))):
        if isinstance(node, exp.In):
            node.set("expressions", sorted(node.expressions, key=lambda e: e.sql()))
        elif isinstance(node, exp.EQ):
            left, right = sorted((node.this, node.expression), key=lambda e: e.sql())
            node.set("this", left), node.set("expression", right)
        elif not isinstance(node.parent, type(node)):
            node.replace(type(node)(this=exp.Var(this=" ".join(sorted(e.sql() for e in node.flatten()))), expression=exp.Var(this="")))
    return tree.sql()


def do_equal(sqlglot, question):
    found = {}
    for row in question["rows"]:
        name, _, key = (row.get("schema") or "").partition("#")
        tables = question["schemas"].get(name, {}).get(key, {}).get("tables", {})
        schema = {table: {column: TYPE.get(kind, kind) for column, kind in columns.items()} for table, columns in tables.items()}
        dialect = DIALECT.get(row.get("dialect"), row.get("dialect"))
        start = time.perf_counter()
        try:
            same = canonical(sqlglot, row["a"], dialect, schema) == canonical(sqlglot, row["b"], dialect, schema)
        except Exception:  # what it cannot optimize it does not claim
            same = False
        found[str(row["id"])] = (same, (time.perf_counter() - start) * 1e6)
    return found


def main():
    import logging

    import sqlglot

    logging.disable(logging.CRITICAL)
    question = json.load(sys.stdin)
    json.dump({"parsed": do_parsed, "speed": do_speed, "equal": do_equal}[question["do"]](sqlglot, question), sys.stdout)


if __name__ == "__main__":
    main()
