"""DuckDB as the engine of the property test, and a generator of what PostgreSQL cannot run: QUALIFY, lists and UNNEST, EXCLUDE and REPLACE, PIVOT,
GROUP BY ALL, semi and anti joins."""
import copy
import datetime
import decimal

import sqlgen
import sqlwide
from sqlgen import nodes, set_node, show

try:
    import duckdb
except ImportError:
    duckdb = None

NUMBER, OTHER = 1700, 25  # as PostgreSQL numbers its types
sqlgen.LITERALS.setdefault("list", ["[1, 2]", "[2]", "[0, 1, 1]", "[]"])
sqlwide.TYPES_OF.setdefault("list", ["int[]"])
sqlgen.KINDS["int[]"] = "list"
ROWS = {"int[]": ["[1, 2]", "[2]", "[]", "[0, NULL, 1]", "[1, 1]"]}


def cell(v):
    if isinstance(v, bool):
        return "t" if v else "f"
    if isinstance(v, list):
        return "[" + ",".join("NULL" if x is None else cell(x) for x in v) + "]"
    if isinstance(v, float) and v != v:
        return "NaN"
    if isinstance(v, float) and v in (float("inf"), float("-inf")):
        return "Infinity" if v > 0 else "-Infinity"
    if isinstance(v, float):
        return format(decimal.Decimal(v), "f")
    return str(v)


class Connection:
    def __init__(self):
        self.base = duckdb.connect()
        self.base.execute("SET threads = 1")

    def run(self, sql):
        """Results of all statements of `sql`, as pg.Connection gives them; or the error's text."""
        results = []
        try:
            for statement in duckdb.extract_statements(sql):
                rows = self.base.execute(statement).fetchall()
                numeric = [any(isinstance(r[i], (int, float, decimal.Decimal)) and not isinstance(r[i], bool) for r in rows) for i in range(len(self.base.description))]
                results.append(([NUMBER if n else OTHER for n in numeric], [tuple(None if v is None else cell(v) for v in r) for r in rows]))
        except (duckdb.Error, ValueError, OverflowError) as error:
            return str(error).splitlines()[0]
        return results


sqlgen.SHOW.update({
    "qualify": lambda n: f"{show(n[1])} QUALIFY {show(n[2])}",
    "unnest": lambda n: f"UNNEST({show(n[1])}) AS {n[2]}(c0)",
    "starred": lambda n: f"(SELECT * {n[3]} FROM {n[1]}) AS {n[2]}",
    "pivot": lambda n: f"(SELECT * FROM (SELECT {', '.join(n[4] + [n[5], n[6]])} FROM {n[1]}) PIVOT ({n[3]}({n[6]}) FOR {n[5]} IN ({n[7][0]} AS p, {n[7][1]} AS q))) AS {n[2]}",
    "arrow": lambda n: f"{n[1]}({show(n[2])}, y -> {n[3]})",
    "at": lambda n: f"({show(n[1])})[{n[2]}]",
})


def make_schema(rng):
    schema = sqlgen.make_schema(rng)
    for columns in schema["tables"].values():
        if rng.random() < 0.5:
            columns["l"] = "int[]"
    return schema


class Duck(sqlwide.Wide):
    def tree(self, depth, outer):
        rng = self.rng
        r = rng.random()
        if r > 0.3:
            return super().tree(depth, outer)
        left, columns = self.source(depth)
        lists = self.pick(columns, "list")
        if r < 0.12 and lists:
            alias = self.alias()
            return ["comma", left, ["unnest", self.col(lists), alias], False], columns + [(alias, "c0", "num")]
        if r < 0.2:
            right, more = self.source(depth)
            return ["join", rng.choice(["SEMI JOIN", "ANTI JOIN"]), left, right, self.join_condition(columns, more)], columns
        name = rng.choice(sorted(self.schema["tables"]))
        types, alias = self.schema["tables"][name], self.alias()
        plain = [c for c, t in types.items() if t in ("int", "text", "numeric")]
        if r < 0.25 and len(plain) >= 3:
            on, value, *keys = rng.sample(plain, 3)
            if sqlgen.kind_of(types[value]) != "num":
                on, value = value, on
            if sqlgen.kind_of(types[value]) == "num":
                node = ["pivot", name, alias, rng.choice(["SUM", "MAX", "COUNT"]), keys, on, value, rng.sample(sqlgen.LITERALS[sqlgen.kind_of(types[on])], 2)]
                return node, [(alias, k, sqlgen.kind_of(types[k])) for k in keys] + [(alias, "p", "num"), (alias, "q", "num")]
        gone = rng.choice(sorted(types))
        if rng.random() < 0.5 and len(types) > 1:
            return ["starred", name, alias, f"EXCLUDE ({gone})"], [(alias, c, sqlgen.kind_of(t)) for c, t in types.items() if c != gone]
        new = {"num": f"{gone} + 1", "text": f"{gone} || 'z'", "date": f"{gone} + 1", "bool": f"NOT {gone}", "list": f"list_sort({gone})"}[sqlgen.kind_of(types[gone])]
        return ["starred", name, alias, f"REPLACE ({new} AS {gone})"], [(alias, c, sqlgen.kind_of(t)) for c, t in types.items()]

    def wide_value(self, columns, kind):
        rng = self.rng
        c = self.pick(columns, "list")
        if c and rng.random() < 0.5:
            e = self.col(c)
            if kind == "num":
                return rng.choice([["call", "len", e], ["call", "list_sum", e], ["at", e, rng.choice(["1", "2", "-1"])], ["call", "list_max", e], ["call", "list_count", e]])
            if kind == "list":
                return rng.choice([["arrow", "list_filter", e, rng.choice(["y > 1", "y >= 1", "y IS NOT NULL"])], ["arrow", "list_transform", e, rng.choice(["y + 1", "y * 2"])],
                                   ["call", "list_sort", e], ["call", "list_reverse", e], ["call", "list_concat", e, ["lit", "[1]"]], ["at", e, rng.choice(["1:1", "1:2", "2:3"])]])
            if kind == "bool":
                return rng.choice([["call", "list_contains", e, ["lit", rng.choice(["0", "1", "2"])]], ["call", "list_has_any", e, ["lit", "[1, 2]"]]])
        return super().wide_value(columns, kind)

    def select(self, depth, named):
        node, kinds = super().select(depth, named)
        rng = self.rng
        if node[0] == "select" and node[5] is None and not node[1] and node[3][0] == "table" and rng.random() < 0.2 and node[3][1] in self.schema["tables"]:
            columns = [(node[3][2], c, sqlgen.kind_of(t)) for c, t in self.schema["tables"][node[3][1]].items()]
            order = [[self.col(c), rng.choice(sqlwide.DIRECTIONS)] for c in rng.sample(columns, len(columns))]
            parts = [self.col(self.pick(columns))] if rng.random() < 0.8 else []
            name = rng.choice(["ROW_NUMBER", "RANK", "DENSE_RANK"])
            node = ["qualify", node, ["cmp", rng.choice(["=", "=", "<="]), ["over", name, [], parts, order if name == "ROW_NUMBER" else order[:1], ""], ["lit", rng.choice(["1", "1", "2"])]]]
        elif node[5] and all(k[0] == "col" for k in node[5]) and rng.random() < 0.3:
            node[5] = [["raw", "ALL"]]
        return node, kinds


def mutate(rng, query, schema):
    q = copy.deepcopy(query)
    edits = {
        "qualify": [lambda n: n[2].__setitem__(3, ["lit", "2"]), lambda n: set_node(n, n[1]), lambda n: n[2][2].__setitem__(1, rng.choice(["RANK", "ROW_NUMBER", "DENSE_RANK"])), lambda n: n[2][2].__setitem__(3, [])],
        "arrow": [lambda n: n.__setitem__(3, n[3].replace(">=", ">").replace("+ 1", "+ 2").replace("* 2", "* 3"))],
        "at": [lambda n: n.__setitem__(2, rng.choice(["1", "2"]) if ":" not in n[2] else rng.choice(["1:1", "1:2"]))],
        "starred": [lambda n: n.__setitem__(3, "")], "pivot": [lambda n: n.__setitem__(7, n[7][::-1]), lambda n: n.__setitem__(3, rng.choice(["SUM", "MAX", "COUNT", "MIN"]))],
        "join": [lambda n: n.__setitem__(1, {"SEMI JOIN": "ANTI JOIN", "ANTI JOIN": "SEMI JOIN"}.get(n[1], n[1]))],
        "call": [lambda n: n.__setitem__(1, {"list_sort": "list_reverse", "list_sum": "list_max", "len": "list_count", "list_count": "len", "list_has_any": "list_has_all"}.get(n[1], n[1]))],
    }
    return sqlgen.edit_one(rng, q, edits, 0.5) or sqlwide.mutate(rng, query, schema)


def rewrite(rng, query, maker):
    q = copy.deepcopy(query)

    def unqualify(n):
        inner, condition = n[1], n[2]
        if all(a for _, a in inner[2]) and inner[5] is None:
            alias = maker.alias()
            below = copy.deepcopy(inner)
            below[2].append([condition[2], "k"])
            set_node(n, ["select", False, [[["col", alias, a], a] for _, a in inner[2]], ["sub", below, alias], ["cmp", condition[1], ["col", alias, "k"], condition[3]], None, None])

    def semi(n):
        tree = n[3]
        if tree[0] == "join" and tree[1] in ("SEMI JOIN", "ANTI JOIN"):
            exists = ["exists", ["select", False, [[["lit", "1"], None]], tree[3], tree[4], None, None], tree[1] == "ANTI JOIN"]
            n[3], n[4] = tree[2], ["and", n[4], exists] if n[4] else exists

    def unstar(n):
        types = maker.schema["tables"].get(n[1])
        if types and n[3].startswith("EXCLUDE"):
            gone = n[3][9:-1]
            set_node(n, ["sub", ["select", False, [[["col", n[1], c], c] for c in types if c != gone], ["raw", n[1]], None, None, None], n[2]])
        elif types and n[3].startswith("REPLACE"):
            new, gone = n[3][9:-1].split(" AS ")
            set_node(n, ["sub", ["select", False, [[["raw", new] if c == gone else ["col", n[1], c], c] for c in types], ["raw", n[1]], None, None, None], n[2]])

    def unpivot(n):
        _, table, alias, agg, keys, on, value, lits = n
        items = [[["raw", k], k] for k in keys] + [[["raw", f"{agg}(CASE WHEN {on} = {lit} THEN {value} END)"], name] for lit, name in zip(lits, "pq")]
        if rng.random() < 0.5:
            items = items[:len(keys)] + [[["raw", f"{agg}({value}) FILTER (WHERE {on} = {lit})"], name] for lit, name in zip(lits, "pq")]
        set_node(n, ["sub", ["select", False, items, ["raw", table], None, [["raw", k] for k in keys], None], alias])

    def group_all(n):
        if n[5] and n[5] == [["raw", "ALL"]]:
            n[5] = [e for e, _ in n[2] if e[0] == "col"]
        elif n[5] and all(k[0] == "col" for k in n[5]):
            n[5] = [["raw", "ALL"]]
        else:
            semi(n)

    edits = {"qualify": [unqualify], "select": [semi, group_all], "starred": [unstar], "pivot": [unpivot]}
    return sqlgen.edit_one(rng, q, edits, 0.4) or sqlwide.rewrite(rng, query, maker)


narrow = sqlwide.narrow
