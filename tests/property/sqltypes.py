"""Types: timestamps beside dates, padded and cut texts, places of decimals, whole and other division, arrays with ordinality, and values that differ
from run to run; with the rewritings that people think keep the answer. PostgreSQL's SQL, on top of sqlwide.py.
"""
import copy

import sqlgen
import sqlwide
from sqlgen import LITERALS, nodes, set_node, show

sqlgen.KINDS.update({"timestamp": "time", "char(4)": "text", "varchar(2)": "text", "numeric(8, 3)": "num", "bigint": "num"})
LITERALS["time"] = ["TIMESTAMP '2020-02-29 00:00:00'", "TIMESTAMP '2020-02-29 12:30:00'", "TIMESTAMP '2021-03-01 23:59:59'", "TIMESTAMP '2020-01-31 00:00:00'"]
sqlwide.TYPES_OF["time"] = ["timestamp", "date", "timestamp(0)"]
MORE = {"m": "timestamp", "n": "timestamp", "p": "char(4)", "v": "varchar(2)", "q": "numeric(8, 3)", "k": "bigint"}
ROWS = {"timestamp": LITERALS["time"] + ["TIMESTAMP '2020-03-01 00:00:00'"], "char(4)": ["'a'::char(4)", "'ab'::char(4)", "'abcd'::char(4)", "'x'::char(4)"], "varchar(2)": ["'a'", "'ab'", "'a '", "'x'"],
        "numeric(8, 3)": [f"{v}::numeric(8, 3)" for v in ["1", "2.5", "0", "0.125", "(-1)"]], "bigint": ["0", "1", "3", "-1"]}
PLACES = ["1.0", "1.00", "2.50", "2.5", "0.0", "10.000", "-1.0"]
TEXT_TYPES = ["text", "varchar(1)", "varchar(2)", "char(3)", "char(4)", "varchar(4)"]
NUMBER_TYPES = ["int", "bigint", "numeric", "numeric(6, 1)", "numeric(8, 3)", "double precision"]

sqlgen.SHOW.update({
    "ordinal": lambda n: f"UNNEST(ARRAY[{', '.join(map(show, n[1]))}]) WITH ORDINALITY AS {n[2]}(c0, c1)",
    "round": lambda n: f"ROUND(CAST({show(n[1])} AS numeric), {n[2]})",
    "truncated": lambda n: f"DATE_TRUNC('{n[1]}', {show(n[2])})",
    "volatile": lambda n: "(RANDOM() < 0.5)",
})


def make_schema(rng):
    schema = sqlgen.make_schema(rng)
    for columns in schema["tables"].values():
        for name in rng.sample(sorted(MORE), rng.randint(2, 4)):
            columns[name] = MORE[name]
    return schema


class Typed(sqlwide.Wide):
    def tree(self, depth, outer):
        rng = self.rng
        if rng.random() < 0.08:
            left, columns = self.source(depth)
            kind = rng.choice(["num", "text"])
            if self.pick(columns, kind):
                alias = self.alias()
                items = [self.value(columns, kind, 0) for _ in range(rng.randint(1, 3))]
                items = [["cast", e, "numeric" if kind == "num" else "text"] for e in items]
                return ["comma", left, ["ordinal", items, alias], rng.random() < 0.5], columns + [(alias, "c0", kind), (alias, "c1", "num")]
        return super().tree(depth, outer)

    def wide_value(self, columns, kind):
        rng = self.rng
        some = []
        num, text, date, time = (self.pick(columns, k) for k in ("num", "text", "date", "time"))
        if kind == "num" and num:
            n = self.col(num)
            some += [["bin", "/", n, ["lit", rng.choice(["2", "3"] + PLACES[:4])]], ["bin", rng.choice("*+"), n, ["lit", rng.choice(PLACES)]], ["cast", n, rng.choice(NUMBER_TYPES)],
                     ["round", n, rng.choice(["0", "1", "2"])], ["bin", "/", ["bin", "*", n, ["lit", rng.choice(["2", "1.0"])]], ["lit", "2"]], ["call", "FLOOR", n], ["call", "TRUNC", ["cast", n, "numeric"]]]
        if kind == "num" and text:
            some += [["call", rng.choice(["LENGTH", "OCTET_LENGTH"]), self.col(text)]]
        if kind == "num" and time:
            some += [["extract", rng.choice(["YEAR", "MONTH", "DAY", "HOUR"]), self.col(time)]]
        if kind == "text" and text:
            t = self.col(text)
            some += [["cast", t, rng.choice(TEXT_TYPES)], ["cast", ["cast", t, rng.choice(TEXT_TYPES)], rng.choice(TEXT_TYPES)], ["cat", t, ["lit", "'|'"]], ["call", "CONCAT", t, self.value(columns, "text", 0)]]
        if kind == "text" and num:
            some += [["cast", self.col(num), "text"], ["cast", ["cast", self.col(num), rng.choice(NUMBER_TYPES[:5])], "text"], ["cast", ["bin", "*", self.col(num), ["lit", rng.choice(PLACES)]], "text"]]
        if kind == "text" and (time or date):
            some += [["cast", self.col(time or date), "text"]]
        if kind == "date" and time:
            some += [["cast", self.col(time), "date"]] * 2 + [["cast", ["truncated", rng.choice(["day", "month"]), self.col(time)], "date"]]
        if kind == "time":
            if time:
                some += [["truncated", rng.choice(["day", "month", "hour"]), self.col(time)], ["bin", rng.choice("+-"), self.col(time), ["lit", rng.choice(["INTERVAL '1 day'", "INTERVAL '1 month'"])]],
                         ["cast", ["cast", self.col(time), "date"], "timestamp"]]
            if date:
                some += [["cast", self.col(date), "timestamp"]]
        return rng.choice(some) if some and rng.random() < 0.7 else super().wide_value(columns, kind) if kind != "time" else None

    def wide_atom(self, columns, depth):
        rng = self.rng
        text, date, time = (self.pick(columns, k) for k in ("text", "date", "time"))
        day = lambda: ["lit", rng.choice(LITERALS["date"])]  # noqa: E731
        some = []
        if time:
            t = self.col(time)
            some += [["cmp", rng.choice(sqlwide.COMPARISONS), t, day()], ["cmp", rng.choice(sqlwide.COMPARISONS), ["cast", t, "date"], day()], ["between", t, ["lit", LITERALS["date"][0]], ["lit", LITERALS["date"][1]]],
                     ["between", ["cast", t, "date"], ["lit", LITERALS["date"][0]], ["lit", LITERALS["date"][1]]], ["cmp", "=", ["extract", "YEAR", t], ["lit", "2020"]]]
        if time and date:
            some += [["cmp", rng.choice(sqlwide.COMPARISONS), self.col(time), self.col(date)]]
        if text:
            t = self.col(text)
            some += [["cmp", rng.choice(["=", "<>", "<"]), ["cast", t, rng.choice(TEXT_TYPES)], ["lit", rng.choice(LITERALS["text"] + ["'a '", "'abc'"])]], ["like", t, rng.choice(["'a'", "'a_'", "'ab  '"]), rng.random() < 0.3],
                     ["cmp", "=", ["call", "LENGTH", t], ["lit", rng.choice(["1", "2", "4"])]]]
        return rng.choice(some) if some and rng.random() < 0.6 else super().wide_atom(columns, depth)

    def select(self, depth, named):
        node, kinds = super().select(depth, named)
        if node[0] == "select" and not node[5] and self.rng.random() < 0.15:  # how many places a number has, only its text shows
            number = ["lit", self.rng.choice(PLACES)]
            e = self.rng.choice([number, ["bin", self.rng.choice("*+"), copy.deepcopy(node[2][0][0]) if kinds[0] == "num" else number, number], ["bin", "/", number, ["lit", "3"]]])
            node[2].append([["cast", e, "text"], f"c{len(node[2])}" if named else None])
            kinds = kinds + ["text"]
        return node, kinds

    def query(self, depth, named=False):
        node, kinds = super().query(depth, named)
        if node[0] == "select" and self.rng.random() < 0.03 and not node[5]:
            node[4] = ["and", node[4], ["volatile"]] if node[4] else ["volatile"]
        return node, kinds


def mutate(rng, query, schema):
    q = copy.deepcopy(query)
    edits = {
        "cast": [lambda n: set_node(n, n[1]), lambda n: n.__setitem__(2, rng.choice(next((k for k in (TEXT_TYPES, NUMBER_TYPES, sqlwide.TYPES_OF["time"]) if n[2] in k), [n[2]])))],
        "lit": [lambda n: n.__setitem__(1, rng.choice(PLACES) if n[1] in PLACES else n[1])],
        "bin": [lambda n: n.__setitem__(3, n[2]) if n[1] == "*" else n.__setitem__(3, ["lit", "2.0"]) if n[1] == "/" else None, lambda n: set_node(n, n[2])],
        "round": [lambda n: n.__setitem__(2, rng.choice("012")), lambda n: set_node(n, n[1])], "ordinal": [lambda n: n.__setitem__(1, n[1][::-1])],
        "truncated": [lambda n: set_node(n, n[2]), lambda n: n.__setitem__(1, rng.choice(["day", "month", "hour"]))], "extract": [lambda n: n.__setitem__(1, rng.choice(["YEAR", "DAY", "HOUR"]))],
        "call": [lambda n: n.__setitem__(1, {"FLOOR": "TRUNC", "LENGTH": "OCTET_LENGTH", "OCTET_LENGTH": "LENGTH"}.get(n[1], n[1]))],
    }
    return sqlgen.edit_one(rng, q, edits, 0.6) or sqlwide.mutate(rng, query, schema)


def rewrite(rng, query, maker):
    q = copy.deepcopy(query)

    def cast(n):
        inner = n[1]
        if inner[0] == "cast":
            set_node(n, ["cast", inner[1], rng.choice([n[2], inner[2]])])
        elif n[2] == "date" and inner[0] == "col":
            set_node(n, ["cast", ["truncated", "day", inner], "date"])
        else:
            set_node(n, inner)

    def cmp(n):
        """CAST(ts AS date) against a day, as a range of timestamps."""
        _, op, a, b = n
        day = b[1] if b[0] == "lit" and b[1].startswith("DATE") else None
        next_day = ["raw", f"({day} + INTERVAL '1 day')"]
        if day and a[0] == "cast" and a[2] == "date":
            t = a[1]
            ranges = {"=": ["and", ["cmp", ">=", t, b], ["cmp", rng.choice(["<", "<", "<="]), t, next_day]], "<=": ["cmp", rng.choice(["<", "<="]), t, rng.choice([next_day, b])],
                      "<": ["cmp", "<", t, b], ">=": ["cmp", ">=", t, b], ">": ["cmp", rng.choice([">=", ">"]), t, rng.choice([next_day, b])]}
            if op in ranges:
                set_node(n, ranges[op])
        elif a[0] == "extract" and b[0] == "lit" and a[1] == "YEAR" and op == "=":
            year = int(b[1]) if b[1].isdigit() else 2020
            set_node(n, ["and", ["cmp", ">=", a[2], ["lit", f"DATE '{year:04d}-01-01'"]], ["cmp", rng.choice(["<", "<="]), a[2], ["lit", f"DATE '{year + rng.choice([0, 1, 1]):04d}-{rng.choice(['01-01', '01-01', '12-31'])}'"]]])
        elif a[0] == "cast":
            n[2] = a[1]

    def between(n):
        if n[1][0] == "cast":
            set_node(n, ["and", ["cmp", ">=", n[1][1], n[2]], ["cmp", "<", n[1][1], ["raw", f"({show(n[3])} + INTERVAL '1 day')"]]])
        elif n[1][0] == "col":
            set_node(n, ["and", ["cmp", ">=", n[1], n[2]], ["cmp", "<=", n[1], n[3]]])

    def arithmetic(n):
        _, op, a, b = n
        if op == "/" and b[0] == "lit":
            set_node(n, rng.choice([["bin", "/", ["bin", "*", a, ["lit", "1.0"]], b], ["bin", "*", a, ["bin", "/", ["lit", "1.0"], b]], ["bin", "/", ["cast", a, "numeric"], b]]))
        elif op == "/" and a[0] == "bin":
            set_node(n, ["bin", "*", ["bin", "/", a[2], b], a[3]])
        elif op == "*" and b[0] == "lit" and b[1] in PLACES:
            n[3] = ["lit", {"1.0": "1.00", "1.00": "1.0", "2.50": "2.5", "2.5": "2.50", "10.000": "10.0"}.get(b[1], b[1])]

    def out_of_place(n):
        """A literal with places from inside a sub-query, divided outside."""
        lits = [m for m in nodes(n[2]) if m[0] == "lit" and m[1] in PLACES]
        if lits and all(a for _, a in n[2]) and not n[5] and not n[1]:
            lit, alias = rng.choice(lits), maker.alias()
            below = ["select", False, [[e, f"k{i}"] for i, (e, _) in enumerate([[["raw", "1"], None]])], ["raw", "(VALUES (1)) AS one(x)"], None, None, None]
            below[2] = [[["lit", lit[1]], "k"]]
            n[3] = ["comma", n[3], ["sub", below, alias], True]
            set_node(lit, ["col", alias, "k"])

    edits = {
        "cast": [cast], "cmp": [cmp, cmp], "between": [between], "bin": [arithmetic], "select": [out_of_place, out_of_place], "call": [lambda n: set_node(n, ["cat", n[2], n[3]]) if n[1] == "CONCAT" and len(n) == 4 else None],
        "cat": [lambda n: set_node(n, ["call", "CONCAT", n[1], n[2]])], "like": [lambda n: set_node(n, ["cmp", "<>" if n[3] else "=", n[1], ["lit", n[2]]]) if not any(w in n[2] for w in "%_") else None],
        "truncated": [lambda n: set_node(n, ["cast", ["cast", n[2], "date"], "timestamp"]) if n[1] == "day" else None],
    }
    return sqlgen.edit_one(rng, q, edits, 0.5) or sqlwide.rewrite(rng, query, maker)


narrow = sqlwide.narrow
