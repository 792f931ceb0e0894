"""A query and several stored ones that it may be computed from together: parts of one thing that leave rows out, overlap or do not, and one stored
result in the place of each side of a join. PostgreSQL's SQL.
"""
import copy

import sqlgen
import sqlwide
from sqlgen import show

DIVISIONS = {
    "num": [["{0} < 2", "{0} >= 2"], ["{0} < 2", "{0} >= 2", "{0} IS NULL"], ["{0} <= 2", "{0} > 2 OR {0} IS NULL"], ["{0} = 1", "{0} <> 1 OR {0} IS NULL"], ["{0} <= 2", "{0} >= 2 OR {0} IS NULL"],
            ["{0} < 2", "{0} > 2 OR {0} IS NULL"], ["{0} IN (0, 1)", "{0} NOT IN (0, 1)", "{0} IS NULL"], ["{0} < 1", "{0} BETWEEN 1 AND 3", "{0} > 3 OR {0} IS NULL"]],
    "text": [["{0} = 'a'", "{0} <> 'a'"], ["{0} = 'a'", "{0} <> 'a' OR {0} IS NULL"], ["{0} = 'a'", "{0} = 'b'", "{0} NOT IN ('a', 'b') OR {0} IS NULL"], ["{0} IN ('a', 'b')", "({0} IN ('a', 'b')) IS NOT TRUE"], ["{0} LIKE 'a%'", "{0} NOT LIKE 'a%' OR {0} IS NULL"]],
    "date": [["{0} < DATE '2020-02-29'", "{0} >= DATE '2020-02-29' OR {0} IS NULL"], ["{0} <= DATE '2020-02-28'", "{0} > DATE '2020-02-28'", "{0} IS NULL"], ["{0} <= DATE '2020-02-28'", "{0} >= DATE '2020-03-01' OR {0} IS NULL"]],
    "bool": [["{0}", "NOT {0}"], ["{0}", "{0} IS NOT TRUE"], ["{0}", "NOT {0}", "{0} IS NULL"]],
}


def divided(rng, maker, schema):
    """Parts of one query; asked for: what may be computed from the whole."""
    for _ in range(20):
        whole = maker.query(rng.choice([0, 0, 1]), named=True)[0]
        if whole[0] == "select" and all(a for _, a in whole[2]):
            break
    keys = [e for e, _ in whole[2] if e[0] == "col"]
    column = rng.choice(keys) if keys and (whole[5] or rng.random() < 0.7) else None
    if column is None or not sqlgen.kind_in(maker, whole[3], column):
        return None
    views = []
    for condition in rng.choice(DIVISIONS[sqlgen.kind_in(maker, whole[3], column)]):
        part = copy.deepcopy(whole)
        condition = ["raw", condition.format(show(column))]
        part[4] = ["and", part[4], condition] if part[4] else condition
        views.append(part)
    return sqlwide.narrow(rng, whole, maker) if rng.random() < 0.6 else whole, views


def grouped(rng, maker, kind):
    tree, columns = maker.scan()
    key = maker.pick(columns, kind)
    if key is None:
        return None
    where = maker.atom(columns, [], 0, False) if rng.random() < 0.3 else None
    items = [[maker.col(key), "k"], [maker.aggregate(columns)[0], "n"]] + ([[maker.aggregate(columns)[0], "m"]] if rng.random() < 0.4 else [])
    return ["select", False, items, tree, where, [maker.col(key)], None]


def joined(rng, maker, schema):
    """Two groupings joined by their keys; stored: each, perhaps finer, or not quite the same."""
    kind = rng.choice(["num", "num", "text"])
    left, right = grouped(rng, maker, kind), grouped(rng, maker, kind)
    if not left or not right:
        return None
    a, b = maker.alias(), maker.alias()
    on = ["cmp", "=", ["col", a, "k"], ["col", b, "k"]]
    tree = ["join", rng.choice(["JOIN", "JOIN", "LEFT JOIN", "FULL JOIN"]), ["sub", left, a], ["sub", right, b], on]
    asked = ["select", False, [[["col", a, "k"], "c0"], [["col", a, "n"], "c1"], [["col", b, "n"], "c2"]], tree, None, None, None]
    views = []
    for side in (left, right):
        view = copy.deepcopy(side)
        table = side[3]
        if rng.random() < 0.4:
            extra = ["col", table[2], rng.choice(sorted(schema["tables"][table[1]]))]
            view[2], view[5] = view[2] + [[extra, "x"]], view[5] + [extra]
        views.append(view)
    return asked, views


def make_case(rng):
    """(schema, the query, the stored ones), as SQL."""
    while True:
        schema = sqlgen.make_schema(rng)
        maker = sqlwide.Wide(rng, schema, 0.05)
        maker.scan = lambda: sqlgen.Maker.scan(maker)
        case = rng.choice([divided, divided, joined])(rng, maker, schema)
        if not case:
            continue
        asked, views = case
        if rng.random() < 0.3:
            at = rng.randrange(len(views))
            views[at] = sqlwide.mutate(rng, views[at], schema)
        if rng.random() < 0.3:
            asked = sqlwide.rewrite(rng, asked, maker)
        return schema, show(asked), [show(v) for v in views]


def ddl(schema):
    keys, fks = {k[0] for k in schema["keys"]}, dict(schema["fks"])
    lines = []
    for name, columns in schema["tables"].items():
        parts = []
        for c, t in columns.items():
            full = f"{name}.{c}"
            target = fks.get(full)
            parts.append(f"{c} {t}" + (" NOT NULL" if full in schema["not_null"] else "") + (" UNIQUE" if full in keys else "") +
                         (f" REFERENCES {target.replace('.', ' (')})" if target else ""))
        lines.append(f"CREATE TABLE {name} ({', '.join(parts)});")
    return "\n".join(lines) + "\n"
