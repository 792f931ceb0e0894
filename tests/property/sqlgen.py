"""Random schemas, queries, one-edit mutants and rewritings that should keep the answer. PostgreSQL's SQL.

A query is a tree of lists, [kind, ...], so that an edit is: copy, pick a node, change it.
"""
import copy

TYPES = ["int", "int", "int", "text", "text", "date", "numeric", "boolean", "double precision"]


def make_schema(rng):
    """Tables t0..tn with int keys, foreign keys and NOT NULL here and there, in the format of `parley compare`."""
    tables, not_null, keys, fks = {}, [], [], []
    for t in range(rng.randint(1, 4)):
        name = f"t{t}"
        columns = {"id": "int"}
        for c in range(rng.randint(2, 5)):
            columns["abcdefg"[c]] = rng.choice(TYPES)
        if rng.random() < 0.7:
            keys.append([f"{name}.id"])
            not_null.append(f"{name}.id")
        not_null += [f"{name}.{c}" for c in columns if c != "id" and rng.random() < 0.2]
        if t and rng.random() < 0.6:
            target = f"t{rng.randrange(t)}"
            columns[f"{target}_id"] = "int"
            if [f"{target}.id"] in keys:
                fks.append([f"{name}.{target}_id", f"{target}.id"])
            if rng.random() < 0.4:
                not_null.append(f"{name}.{target}_id")
        tables[name] = columns
    return {"tables": tables, "not_null": not_null, "keys": keys, "fks": fks}


KINDS = {"int": "num", "numeric": "num", "double precision": "num", "text": "text", "date": "date", "boolean": "bool"}


def kind_of(type_name):
    return KINDS[type_name]


LITERALS = {
    "num": ["0", "1", "2", "3", "10", "-1"],
    "text": ["'a'", "'b'", "'ab'", "'x'"],
    "date": ["DATE '2020-01-31'", "DATE '2020-02-29'", "DATE '2021-03-01'"],
    "bool": ["TRUE", "FALSE"],
}


class Maker:
    """Makes queries over one schema."""

    def __init__(self, rng, schema, rich=0.0):
        self.rng, self.schema, self.aliases, self.rich = rng, schema, 0, rich

    def alias(self):
        self.aliases += 1
        return f"x{self.aliases}"

    def scan(self):
        name = self.rng.choice(sorted(self.schema["tables"]))
        alias = self.alias()
        return ["table", name, alias], [(alias, c, kind_of(t)) for c, t in self.schema["tables"][name].items()]

    def source(self, depth):
        if depth > 0 and self.rng.random() < 0.25:
            inner, columns = self.query(depth - 1, named=True)
            alias = self.alias()
            return ["sub", inner, alias], [(alias, f"c{i}", k) for i, k in enumerate(columns)]
        return self.scan()

    def tree(self, depth, outer):
        left, columns = self.source(depth)
        for _ in range(self.rng.choice([0, 0, 0, 1, 1, 2])):
            right, more = self.source(depth)
            kind = self.rng.choice(["JOIN", "JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"])
            on = None
            if kind != "CROSS JOIN":
                on = self.join_condition(columns, more)
            left, columns = ["join", kind, left, right, on], columns + more
        return left, columns

    def join_condition(self, left, right):
        pairs = [(a, b) for a in left for b in right if a[2] == b[2] and a[2] != "bool"]
        if not pairs:
            return ["raw", "TRUE"]
        ids = [p for p in pairs if p[0][1].endswith("id") and p[1][1].endswith("id")]
        a, b = self.rng.choice(ids if ids and self.rng.random() < 0.75 else pairs)
        on = ["cmp", "=", self.col(a), self.col(b)]
        if self.rng.random() < 0.2:
            on = ["and", on, self.atom(left + right, [], 0)]
        return on

    def col(self, c):
        return ["col", c[0], c[1]]

    def pick(self, columns, kind=None):
        fitting = [c for c in columns if kind is None or c[2] == kind]
        return self.rng.choice(fitting) if fitting else None

    def rich_value(self, columns, kind):
        """Expressions beyond the plain ones; None when there is nothing to build on."""
        rng = self.rng
        num, text, date = self.pick(columns, "num"), self.pick(columns, "text"), self.pick(columns, "date")
        choices = {"num": [], "text": [], "date": [], "bool": []}
        if num:
            n = self.col(num)
            choices["num"] += [["bin", rng.choice(["/", "%"]), n, ["lit", rng.choice(["2", "3", "10"])]], ["call", "ROUND", ["raw", f"CAST({show(n)} AS numeric)"], ["lit", "1"]],
                               ["call", "FLOOR", n], ["call", "NULLIF", n, ["lit", "1"]], ["call", rng.choice(["GREATEST", "LEAST"]), n, self.value(columns, "num", 0)],
                               ["raw", f"-{show(n)}"], ["raw", f"CAST({show(n)} AS numeric(6, 1))"], ["call", "SIGN", n]]
            if num[1].endswith("id"):
                choices["text"].append(["raw", f"CAST({show(n)} AS text)"])
        if text:
            t = self.col(text)
            choices["text"] += [["raw", f"{show(t)} || 'z'"], ["call", "SUBSTRING", t, ["lit", "1"], ["lit", "1"]], ["call", "REPLACE", t, ["lit", "'a'"], ["lit", "'b'"]],
                                ["call", "CONCAT", t, self.value(columns, "text", 0)], ["call", "LEFT", t, ["lit", "1"]], ["call", "REVERSE", t]]
            choices["num"] += [["call", "LENGTH", t], ["call", "STRPOS", t, ["lit", "'b'"]]]
            choices["bool"].append(["raw", f"{show(t)} ILIKE 'A%'"])
        if date:
            d = self.col(date)
            choices["date"] += [["raw", f"({show(d)} + 1)"], ["raw", f"CAST(DATE_TRUNC('{rng.choice(['month', 'year', 'week', 'quarter'])}', {show(d)}) AS date)"],
                                ["raw", f"CAST({show(d)} + INTERVAL '1 month' AS date)"]]
            choices["num"] += [["raw", f"EXTRACT({rng.choice(['YEAR', 'MONTH', 'DAY', 'DOW', 'QUARTER', 'WEEK'])} FROM {show(d)})"], ["raw", f"({show(d)} - DATE '2020-02-01')"]]
        other = self.pick(columns)
        choices["bool"] += [["raw", f"({show(self.col(other))} IS NOT DISTINCT FROM {show(self.value(columns, other[2], 0))})"], ["raw", f"(({show(self.atom(columns, [], 0, False))}) IS TRUE)"]]
        return rng.choice(choices[kind]) if choices.get(kind) else None

    def window(self, columns):
        """A window function over full orders, so that its answer is one."""
        rng = self.rng
        part = f"PARTITION BY {show(self.col(self.pick(columns)))} " if rng.random() < 0.6 else ""
        key = self.pick(columns)
        order = f"ORDER BY {show(self.col(key))}{rng.choice(['', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST'])}"
        num = self.pick(columns, "num")
        arg = show(self.col(num)) if num else "1"
        frame = rng.choice(["", "", " ROWS BETWEEN 1 PRECEDING AND CURRENT ROW", " ROWS UNBOUNDED PRECEDING", " RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING"])
        function = rng.choice(["RANK()", "DENSE_RANK()", "ROW_NUMBER()", f"SUM({arg})", f"COUNT({arg})", f"MAX({arg})", f"LAG({arg})", f"LEAD({arg}, 1, 0)", f"FIRST_VALUE({arg})", "COUNT(*)", "CUME_DIST()", "PERCENT_RANK()", "NTILE(2)"])
        return ["raw", f"{function} OVER ({part}{order}{frame})"]

    def value(self, columns, kind, depth=1):
        if depth and self.rng.random() < self.rich:
            e = self.rich_value(columns, kind)
            if e:
                return e
        c = self.pick(columns, kind)
        r = self.rng.random()
        if c is None or r < 0.1:
            return ["lit", self.rng.choice(LITERALS[kind])]
        if depth and kind == "num" and r < 0.3:
            return ["bin", self.rng.choice(["+", "-", "*"]), self.col(c), self.value(columns, "num", depth - 1)]
        if depth and r < 0.38:
            return ["call", "COALESCE", self.col(c), self.value(columns, kind, depth - 1)]
        if depth and r < 0.44:
            return ["case", self.atom(columns, [], 0, False), self.value(columns, kind, depth - 1), self.value(columns, kind, depth - 1) if self.rng.random() < 0.7 else None]
        if depth and kind == "text" and r < 0.5:
            return ["call", self.rng.choice(["UPPER", "LOWER", "TRIM"]), self.col(c)]
        if depth and kind == "num" and r < 0.5:
            return ["call", "ABS", self.col(c)]
        return self.col(c)

    def atom(self, columns, outer, depth, rich=True):
        r = self.rng.random()
        c = self.pick(columns)
        kind = c[2]
        if r < 0.12:
            return ["isnull", self.col(c), self.rng.random() < 0.5]
        if r < 0.2 and kind != "bool":
            values = self.rng.sample(LITERALS[kind], min(len(LITERALS[kind]), self.rng.randint(1, 3)))
            return ["in", self.col(c), values, self.rng.random() < 0.25]
        if r < 0.26 and kind in ("num", "date"):
            low, high = sorted(self.rng.sample(LITERALS[kind], 2))
            return ["between", self.col(c), ["lit", low], ["lit", high]]
        if r < 0.3 and kind == "text":
            return ["like", self.col(c), self.rng.choice(["'a%'", "'%b'", "'_'"]), self.rng.random() < 0.3]
        if depth > 0 and r < 0.45:
            return self.subquery(columns, outer)
        if kind == "bool" and r < 0.6:
            return self.col(c)
        op = self.rng.choice(["=", "=", "=", "<>", "<", "<=", ">", ">="]) if kind != "bool" else self.rng.choice(["=", "<>"])
        other = ["lit", self.rng.choice(LITERALS[kind])] if self.rng.random() < 0.65 else self.value(columns, kind, int(rich))
        return ["cmp", op, self.value(columns, kind, int(rich)) if self.rng.random() < 0.2 else self.col(c), other]

    def subquery(self, columns, outer):
        tree, inner = self.scan()
        c, d = self.pick(columns), None
        d = self.pick(inner, c[2])
        if d is None:
            return ["isnull", self.col(c), True]
        extra = self.atom(inner, [], 0) if self.rng.random() < 0.5 else None
        r = self.rng.random()
        if r < 0.4:
            where = ["cmp", "=", self.col(d), self.col(c)]
            if extra:
                where = ["and", where, extra]
            return ["exists", ["select", False, [[["lit", "1"], None]], tree, where, None, None], self.rng.random() < 0.4]
        if r < 0.8:
            return ["insub", self.col(c), ["select", False, [[self.col(d), None]], tree, extra, None, None], self.rng.random() < 0.3]
        if c[2] == "bool":
            return ["isnull", self.col(c), True]
        agg = ["agg", self.rng.choice(["MAX", "MIN"]), False, self.col(d)]
        e = self.pick(columns, "num")
        where = extra
        f = self.pick(inner, "num")
        if e and f and self.rng.random() < 0.6:
            corr = ["cmp", "=", self.col(f), self.col(e)]
            where = ["and", corr, where] if where else corr
        return ["cmp", self.rng.choice(["=", "<", ">="]), self.col(c), ["scalar", ["select", False, [[agg, None]], tree, where, None, None]]]

    def condition(self, columns, outer, depth):
        e = self.atom(columns, outer, depth)
        for _ in range(self.rng.choice([0, 0, 1, 1, 2])):
            e = [self.rng.choice(["and", "and", "and", "or"]), e, self.atom(columns, outer, depth)]
        if self.rng.random() < 0.08:
            e = ["not", e]
        return e

    def aggregate(self, columns):
        r = self.rng.random()
        c = self.pick(columns, "num")
        if r < 0.25 or c is None:
            return ["agg", "COUNT", False, None], "num"
        if r < 0.45:
            any_column = self.pick(columns)
            return ["agg", "COUNT", self.rng.random() < 0.4, self.col(any_column)], "num"
        name = self.rng.choice(["SUM", "SUM", "MIN", "MAX", "AVG"])
        arg = self.col(c) if self.rng.random() < 0.8 else self.value(columns, "num")
        if self.rng.random() < 0.1:
            arg = ["case", self.atom(columns, [], 0), arg, None]
        if self.rng.random() < self.rich:
            return ["filter", ["agg", self.rng.choice([name, "VAR_POP", "STDDEV_SAMP"]), False, arg], self.atom(columns, [], 0)], "num"
        return ["agg", name, self.rng.random() < 0.1, arg], "num"

    def select(self, depth, named):
        tree, columns = self.tree(depth, [])
        where = self.condition(columns, [], depth) if self.rng.random() < 0.7 else None
        if self.rng.random() < 0.4:
            return self.grouped(tree, columns, where, named)
        items, kinds = [], []
        for i in range(self.rng.randint(1, 3)):
            c = self.pick(columns)
            e = self.col(c) if self.rng.random() < 0.8 - self.rich else self.value(columns, c[2])
            items.append([e, f"c{i}" if named else None])
            kinds.append(c[2])
        if self.rng.random() < self.rich * 0.5:
            items.append([self.window(columns), f"c{len(items)}" if named else None])
            kinds.append("num")
        return ["select", self.rng.random() < 0.15, items, tree, where, None, None], kinds

    def grouped(self, tree, columns, where, named):
        keys = self.rng.sample(columns, min(len(columns), self.rng.choice([0, 1, 1, 1, 2])))
        items, kinds = [], []
        for k in keys:
            if self.rng.random() < 0.85:
                items.append([self.col(k), f"c{len(items)}" if named else None])
                kinds.append(k[2])
        for _ in range(self.rng.randint(0 if items else 1, 2)):
            a, kind = self.aggregate(columns)
            items.append([a, f"c{len(items)}" if named else None])
            kinds.append(kind)
        having = None
        if self.rng.random() < 0.2:
            a, _ = self.aggregate(columns)
            having = ["cmp", self.rng.choice([">", "=", "<="]), a, ["lit", self.rng.choice(["0", "1", "2"])]]
        group = [self.col(k) for k in keys]
        if len(group) > 1 and self.rng.random() < self.rich:
            group = [["raw", f"{self.rng.choice(['ROLLUP', 'CUBE'])}({', '.join(show(k) for k in group)})"]]
        return ["select", False, items, tree, where, group, having], kinds

    def query(self, depth, named=False):
        if depth > 1 and self.rng.random() < self.rich * 0.5:
            inner, kinds = self.query(depth - 1, named=True)
            return ["limit", inner, len(kinds), self.rng.randint(1, 4), self.rng.choice([0, 0, 1])], kinds
        if depth > 0 and self.rng.random() < 0.08:
            a, kinds = self.select(depth - 1, True)
            for _ in range(8):
                b, others = self.select(depth - 1, True)
                if others == kinds:
                    return ["setop", self.rng.choice(["UNION ALL", "UNION ALL", "UNION", "INTERSECT", "EXCEPT"]), a, b], kinds
            return a, kinds
        return self.select(depth, named)


def show(n):
    """The tree as SQL."""
    kind = n[0]
    if kind == "select":
        _, distinct, items, tree, where, keys, having = n
        text = "SELECT " + ("DISTINCT " if distinct else "") + ", ".join(show(e) + (f" AS {a}" if a else "") for e, a in items)
        text += " FROM " + show(tree)
        if where:
            text += " WHERE " + show(where)
        if keys:
            text += " GROUP BY " + ", ".join(show(k) for k in keys)
        if having:
            text += " HAVING " + show(having)
        return text
    return SHOW[kind](n)


def bracket(n):
    return f"({show(n)})"


SHOW = {
    "setop": lambda n: f"{show(n[2])} {n[1]} {show(n[3])}",
    "table": lambda n: f"{n[1]} AS {n[2]}",
    "sub": lambda n: f"({show(n[1])}) AS {n[2]}",
    "join": lambda n: f"{show(n[2])} {n[1]} {show(n[3]) if n[3][0] != 'join' else bracket(n[3])}" + (f" ON {show(n[4])}" if n[4] else ""),
    "col": lambda n: f"{n[1]}.{n[2]}",
    "lit": lambda n: n[1] if not n[1].startswith("-") else f"({n[1]})",
    "raw": lambda n: n[1],
    "bin": lambda n: f"({show(n[2])} {n[1]} {show(n[3])})",
    "cmp": lambda n: f"{show(n[2])} {n[1]} {show(n[3])}",
    "and": lambda n: f"{bracket(n[1])} AND {bracket(n[2])}",
    "or": lambda n: f"({bracket(n[1])} OR {bracket(n[2])})",
    "not": lambda n: f"NOT {bracket(n[1])}",
    "isnull": lambda n: f"{show(n[1])} IS {'NOT ' if n[2] else ''}NULL",
    "in": lambda n: f"{show(n[1])} {'NOT ' if n[3] else ''}IN ({', '.join(n[2])})",
    "between": lambda n: f"{show(n[1])} BETWEEN {show(n[2])} AND {show(n[3])}",
    "like": lambda n: f"{show(n[1])} {'NOT ' if n[3] else ''}LIKE {n[2]}",
    "case": lambda n: f"CASE WHEN {show(n[1])} THEN {show(n[2])}" + (f" ELSE {show(n[3])}" if n[3] else "") + " END",
    "call": lambda n: f"{n[1]}({', '.join(show(a) for a in n[2:])})",
    "filter": lambda n: f"{show(n[1])} FILTER (WHERE {show(n[2])})",
    "limit": lambda n: f"SELECT * FROM ({show(n[1])}) AS l ORDER BY {', '.join(f'c{i}' for i in range(n[2]))} LIMIT {n[3]} OFFSET {n[4]}",
    "agg": lambda n: f"{n[1]}({'DISTINCT ' if n[2] else ''}{show(n[3]) if n[3] else '*'})",
    "exists": lambda n: f"{'NOT ' if n[2] else ''}EXISTS ({show(n[1])})",
    "insub": lambda n: f"{show(n[1])} {'NOT ' if n[3] else ''}IN ({show(n[2])})",
    "scalar": lambda n: bracket(n[1]),
}


def nodes(n, out=None):
    out = [] if out is None else out
    if isinstance(n, list):
        if n and isinstance(n[0], str):
            out.append(n)
        for part in n:
            nodes(part, out)
    return out


def set_node(n, new):
    n[:] = new


def edit_one(rng, q, edits, chance=1.0):
    """Makes one fitting edit, by the kind of node, in place. None: none fits, or by chance none is made. An edit that meets a shape which an earlier
    one left behind changes nothing further."""
    fitting = [n for n in nodes(q) if n[0] in edits]
    if not fitting or rng.random() >= chance:
        return None
    n = rng.choice(fitting)
    try:
        rng.choice(edits[n[0]])(n)
    except (KeyError, IndexError, TypeError):
        pass
    return q


def mutate(rng, query, schema):
    """One edit that usually changes the answer."""
    q = copy.deepcopy(query)
    edits = {
        "cmp": [lambda n: n.__setitem__(1, rng.choice([o for o in ["=", "<>", "<", "<=", ">", ">="] if o != n[1]]))],
        "lit": [lambda n: n.__setitem__(1, rng.choice(next((v for v in LITERALS.values() if n[1] in v), [n[1]])))],
        "and": [lambda n: rng.choice([lambda: n.__setitem__(0, "or"), lambda: set_node(n, n[1]), lambda: set_node(n, n[2])])()],
        "or": [lambda n: rng.choice([lambda: n.__setitem__(0, "and"), lambda: set_node(n, n[1])])()],
        "not": [lambda n: set_node(n, n[1])],
        "isnull": [lambda n: n.__setitem__(2, not n[2])],
        "in": [lambda n: rng.choice([lambda: n.__setitem__(3, not n[3]), lambda: n.__setitem__(2, n[2][:1])])()],
        "like": [lambda n: n.__setitem__(3, not n[3])],
        "exists": [lambda n: n.__setitem__(2, not n[2])],
        "insub": [lambda n: n.__setitem__(3, not n[3])],
        "agg": [lambda n: rng.choice([lambda: n.__setitem__(2, not n[2] and n[3] is not None), lambda: n.__setitem__(1, rng.choice(["SUM", "MIN", "MAX", "COUNT", "AVG"]) if n[3] and n[1] not in ("COUNT",) else n[1])])()],
        "join": [lambda n: n.__setitem__(1, rng.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])) if n[4] else None],
        "select": [lambda n: rng.choice([lambda: n.__setitem__(1, not n[1]), lambda: n.__setitem__(4, None), lambda: n.__setitem__(6, None)])()],
        "setop": [lambda n: n.__setitem__(1, rng.choice(["UNION ALL", "UNION", "INTERSECT", "EXCEPT"]))],
        "bin": [lambda n: n.__setitem__(1, rng.choice(["+", "-", "*"]))],
        "case": [lambda n: n.__setitem__(3, None if n[3] else n[2])],
    }
    return edit_one(rng, q, edits) or q


def rewrite(rng, query, maker):
    """One edit that ought to keep the answer, or nearly always does."""
    q = copy.deepcopy(query)

    def swap_join(n):
        turned = {"JOIN": "JOIN", "LEFT JOIN": "RIGHT JOIN", "RIGHT JOIN": "LEFT JOIN", "FULL JOIN": "FULL JOIN", "CROSS JOIN": "CROSS JOIN"}
        n[1], n[2], n[3] = turned[n[1]], n[3], n[2]

    def turn_cmp(n):
        turned = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
        n[1], n[2], n[3] = turned[n[1]], n[3], n[2]

    def on_to_where(n):
        tree = n[3]
        if tree[0] == "join" and tree[1] == "JOIN" and tree[4]:
            n[4] = ["and", n[4], tree[4]] if n[4] else tree[4]
            n[3] = ["join", "CROSS JOIN", tree[2], tree[3], None]

    def wrap_table(n):
        columns = list(maker.schema["tables"][n[1]])
        inner = ["select", False, [[["col", "w", c], c] for c in columns], ["table", n[1], "w"], None, None, None]
        set_node(n, ["sub", inner, n[2]])

    def in_to_or(n):
        e = ["cmp", "=", n[1], ["lit", n[2][0]]]
        for v in n[2][1:]:
            e = ["or", e, ["cmp", "=", n[1], ["lit", v]]]
        set_node(n, ["not", e] if n[3] else e)

    def in_to_exists(n):
        inner = n[2]
        where = ["cmp", "=", inner[2][0][0], n[1]]
        if inner[4]:
            where = ["and", where, inner[4]]
        set_node(n, ["exists", ["select", False, [[["lit", "1"], None]], inner[3], where, None, None], n[3]])

    def distinct_to_group(n):
        if n[1] and not n[5]:
            n[1], n[5] = False, [e for e, _ in n[2]]

    def add_implied(n):
        if n[1] in ("=", "<", ">") and n[2][0] == "col":
            set_node(n, ["and", copy.deepcopy(n), ["isnull", n[2], True]])

    edits = {
        "join": [swap_join], "cmp": [turn_cmp, add_implied], "select": [on_to_where, distinct_to_group], "table": [wrap_table], "in": [in_to_or],
        "insub": [in_to_exists], "and": [lambda n: set_node(n, ["and", n[2], n[1]])], "or": [lambda n: set_node(n, ["or", n[2], n[1]])],
        "between": [lambda n: set_node(n, ["and", ["cmp", ">=", n[1], n[2]], ["cmp", "<=", n[1], n[3]]])],
        "not": [lambda n: set_node(n, ["and", ["not", n[1][1]], ["not", n[1][2]]]) if n[1][0] == "or" else None],
        "setop": [lambda n: set_node(n, [n[0], n[1], n[3], n[2]])],
    }
    return edit_one(rng, q, edits) or q


def narrow(rng, query, maker):
    """A query that may be answered from the result of `query`: another filter on its columns, fewer columns, coarser groups."""
    q = copy.deepcopy(query)
    if q[0] != "select":
        return q
    _, _, items, tree, where, keys, having = q
    r = rng.random()
    plain = [e for e, _ in items if e[0] == "col"]
    if keys and len(keys) > 1 and r < 0.4:
        gone = rng.choice(keys)
        q[5] = [k for k in keys if k != gone]
        q[2] = [[e, a] for e, a in items if e != gone] or items[-1:]
    elif len(items) > 1 and r < 0.6:
        del items[rng.randrange(len(items))]
    elif plain and not keys and r < 0.8:
        e = rng.choice(plain)
        q[2] = [[e, None], [["agg", "COUNT", False, None], None]]
        q[1], q[5] = False, [e]
    if plain and rng.random() < 0.5:
        extra = ["isnull", rng.choice(plain), True]
        kind = kind_in(maker, tree, extra[1])
        if kind and rng.random() < 0.7:
            extra = ["cmp", rng.choice(["=", "<", ">="]), extra[1], ["lit", rng.choice(LITERALS[kind])]]
            if kind == "bool":
                extra[1] = "="
        q[4] = ["and", q[4], extra] if q[4] else extra
    return q


def kind_in(maker, tree, column):
    for n in nodes(tree):
        if n[0] == "table" and n[2] == column[1]:
            return kind_of(maker.schema["tables"][n[1]][column[2]])
    return None
