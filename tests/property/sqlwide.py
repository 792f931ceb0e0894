"""The wide generator: windows with frames, grouping sets, lateral joins, quantified comparisons, rows, set operations with ALL, CTEs used twice,
DISTINCT ON and LIMIT over full orders, on top of what sqlgen makes; with the rewritings people write and the near misses beside each.

Trees are those of sqlgen; the kinds added here are in SHOWN. An edit works in place on a copy.
"""
import copy

import sqlgen
from sqlgen import LITERALS, bracket, nodes, set_node, show

COMPARISONS = ["=", "<>", "<", "<=", ">", ">="]
FRAMES = ["", "", "ROWS UNBOUNDED PRECEDING", "RANGE UNBOUNDED PRECEDING", "ROWS BETWEEN 1 PRECEDING AND CURRENT ROW", "ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
          "RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
          "GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW", "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW"]
DIRECTIONS = ["", "", " DESC", " NULLS FIRST", " DESC NULLS LAST"]
TYPES_OF = {"num": ["int", "numeric", "numeric(6, 1)", "double precision", "bigint"], "text": ["text", "varchar(1)", "char(3)"], "date": ["date"], "bool": ["boolean"]}


def show_over(n):
    _, function, args, parts, order, frame = n
    inside = []
    if parts:
        inside.append("PARTITION BY " + ", ".join(map(show, parts)))
    if order:
        inside.append("ORDER BY " + ", ".join(show(e) + way for e, way in order))
    if order and frame:
        inside.append(frame)
    return f"{function}({', '.join(map(show, args))}) OVER ({' '.join(inside)})"


def show_sets(n):
    _, word, sets = n
    if word == "GROUPING SETS":
        return f"GROUPING SETS ({', '.join('(' + ', '.join(map(show, s)) + ')' for s in sets)})"
    return f"{word}({', '.join(map(show, sets[0]))})"


def show_side(n):
    return show(n) if n[0] not in ("join", "using", "natural", "comma", "lateral") else bracket(n)


SHOWN = {
    "over": show_over,
    "sets": show_sets,
    "cast": lambda n: f"CAST({show(n[1])} AS {n[2]})",
    "cat": lambda n: f"({show(n[1])} || {show(n[2])})",
    "neg": lambda n: f"(-{show(n[1])})",
    "extract": lambda n: f"EXTRACT({n[1]} FROM {show(n[2])})",
    "trunc": lambda n: f"CAST(DATE_TRUNC('{n[1]}', {show(n[2])}) AS date)",
    "pick": lambda n: f"CASE {show(n[1])} " + " ".join(f"WHEN {show(w)} THEN {show(t)}" for w, t in n[2]) + (f" ELSE {show(n[3])}" if n[3] else "") + " END",
    "row": lambda n: f"({', '.join(map(show, n[1:]))})",
    "quant": lambda n: f"{show(n[1])} {n[2]} {n[3]} ({show(n[4])})",
    "tri": lambda n: f"({bracket(n[1])} IS {n[2]})",
    "symmetric": lambda n: f"{show(n[1])} {'NOT ' if n[4] else ''}BETWEEN SYMMETRIC {show(n[2])} AND {show(n[3])}",
    "using": lambda n: f"{show(n[2])} {n[1]} {show_side(n[3])} USING ({', '.join(n[4])})",
    "natural": lambda n: f"{show(n[2])} NATURAL {n[1]} {show_side(n[3])}",
    "comma": lambda n: f"{show(n[1])} CROSS JOIN {show_side(n[2])}" if n[3] else f"{show(n[1])}, {show(n[2])}",
    "lateral": lambda n: f"{show(n[2])} {n[1]} LATERAL ({show(n[3])}) AS {n[4]}" + (" ON TRUE" if n[1] != "CROSS JOIN" else ""),
    "values": lambda n: f"(VALUES {', '.join('(' + ', '.join(r) + ')' for r in n[1])}) AS {n[2]}({', '.join(n[3])})",
    "with": lambda n: f"WITH {n[1]} AS {n[4]}({show(n[2])}) {show(n[3])}",
    "sorted": lambda n: f"SELECT {n[5]}* FROM ({show(n[1])}) AS {n[6]} ORDER BY {', '.join(f'c{i}{way}' for i, way in n[2])}" + (f" LIMIT {n[3]}" if n[3] is not None else "") + (f" OFFSET {n[4]}" if n[4] else ""),
    "setop": lambda n: f"{show_term(n[2])} {n[1]} {show_term(n[3])}",
    "table": lambda n: f"{n[1]} AS {n[2]}",
    "join": lambda n: f"{show(n[2])} {n[1]} {show_side(n[3])}" + (f" ON {show(n[4])}" if n[4] else ""),
    "fold": lambda n: f"{n[1]}({show(n[2])})",
    "listed": lambda n: f"STRING_AGG({n[1]}{show(n[2])}, ',' ORDER BY {show(n[2])}{n[3]})",
}


def show_term(n):
    return show(n) if n[0] == "select" else bracket(n)


sqlgen.SHOW.update({k: v for k, v in SHOWN.items() if k not in sqlgen.SHOW})
PLAIN_SETOP = sqlgen.SHOW["setop"]
sqlgen.SHOW["setop"] = lambda n: PLAIN_SETOP(n) if n[2][0] == n[3][0] == "select" else SHOWN["setop"](n)
PLAIN_JOIN = sqlgen.SHOW["join"]
sqlgen.SHOW["join"] = lambda n: PLAIN_JOIN(n) if n[3][0] in ("table", "sub", "join") else SHOWN["join"](n)


make_schema = sqlgen.make_schema


class Wide(sqlgen.Maker):
    """Makes queries of all that PostgreSQL runs and pipelines write."""

    def __init__(self, rng, schema, rich=0.1):
        super().__init__(rng, schema, rich)
        self.entries = {}  # of WITH: name -> kinds of c0, c1, ..

    # ------------------------------------------------------------ sources

    def scan(self):
        if self.entries and self.rng.random() < 0.6:
            name = self.rng.choice(sorted(self.entries))
            alias = self.alias()
            return ["table", name, alias], [(alias, f"c{i}", k) for i, k in enumerate(self.entries[name])]
        if self.rng.random() < 0.05:
            alias, kinds = self.alias(), self.rng.choices(["num", "text", "date", "bool"], [4, 3, 1, 1], k=2)
            rows = [[self.rng.choice(LITERALS[k] + [LITERALS[k][0]] * 2 + ["NULL"] * (i > 0)) for k in kinds] for i in range(self.rng.randint(1, 3))]
            return ["values", rows, alias, ["c0", "c1"]], [(alias, f"c{i}", k) for i, k in enumerate(kinds)]
        return super().scan()

    def tree(self, depth, outer):
        rng = self.rng
        r = rng.random()
        if r > 0.25:
            return super().tree(depth, outer)
        left, columns = self.source(depth)
        if r < 0.1:
            right, more = self.source(depth)
            kinds = dict((c[1], c[2]) for c in columns)
            common = [c[1] for c in more if kinds.get(c[1]) == c[2]]
            clash = any(c[1] in kinds and kinds[c[1]] != c[2] for c in more)
            kind = rng.choice(["JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
            if common and not clash and rng.random() < 0.3:
                return ["natural", kind, left, right], columns + more
            if common:
                return ["using", kind, left, right, rng.sample(common, rng.randint(1, min(2, len(common))))], columns + more
            return ["comma", left, right, False], columns + more
        if r < 0.15:
            right, more = self.source(depth)
            return ["comma", left, right, False], columns + more
        alias = self.alias()
        inner, kinds = self.inner(columns, rng.random() < 0.5)
        return ["lateral", rng.choice(["CROSS JOIN", "LEFT JOIN"]), left, inner, alias], columns + [(alias, f"c{i}", k) for i, k in enumerate(kinds)]

    def inner(self, columns, aggregated):
        """A query over one source that looks at `columns`; its columns are c0, c1.."""
        tree, more = self.scan()
        c = self.pick(columns)
        d = self.pick(more, c[2])
        where = ["cmp", self.rng.choice(["=", "=", "=", "<="]) if c[2] != "bool" else "=", self.col(d), self.col(c)] if d else None
        if self.rng.random() < 0.3:
            extra = self.atom(more, [], 0)
            where = ["and", where, extra] if where else extra
        if aggregated:
            a, kind = self.aggregate(more)
            return ["select", False, [[a, "c0"]], tree, where, None, None], [kind]
        e = self.pick(more)
        return ["select", self.rng.random() < 0.2, [[self.col(e), "c0"]], tree, where, None, None], [e[2]]

    # ------------------------------------------------------------ scalars

    def value(self, columns, kind, depth=1):
        if depth and self.rng.random() < 0.2:
            e = self.wide_value(columns, kind)
            if e:
                return e
        return super().value(columns, kind, depth)

    def wide_value(self, columns, kind):
        rng = self.rng
        c, text, date, num = self.pick(columns, kind), self.pick(columns, "text"), self.pick(columns, "date"), self.pick(columns, "num")
        some = []
        if c:
            e, lit = self.col(c), ["lit", rng.choice(LITERALS[kind])]
            other = self.value(columns, kind, 0)
            some += [["call", "COALESCE", e, other], ["call", "COALESCE", e, other, lit], ["call", "NULLIF", e, lit], ["call", "NULLIF", e, other],
                     ["pick", e, [[lit, other], [["lit", rng.choice(LITERALS[kind])], e]], rng.choice([None, other])],
                     ["case", ["isnull", e, rng.random() < 0.5], other, e], ["cast", e, rng.choice(TYPES_OF[kind])],
                     ["case", self.atom(columns, [], 0, False), e, ["case", self.atom(columns, [], 0, False), other, None]]]
            if kind != "bool":
                some += [["call", rng.choice(["GREATEST", "LEAST"]), e, other], self.scalar(columns, kind)]
        if kind == "num":
            if num:
                n = self.col(num)
                some += [["bin", "/", ["cast", n, "int"], ["lit", rng.choice(["2", "3"])]], ["bin", rng.choice("+-*"), n, ["bin", rng.choice("+-*"), self.value(columns, "num", 0), ["lit", rng.choice(LITERALS["num"])]]],
                         ["neg", n], ["call", "ABS", n], ["bin", "*", n, ["lit", rng.choice(["1", "0", "2"])]], ["bin", "%", ["cast", n, "int"], ["lit", "2"]]]
            if text:
                some += [["call", "LENGTH", self.col(text)], ["call", "ASCII", self.col(text)]]
            if date:
                some += [["extract", rng.choice(["YEAR", "MONTH", "DAY"]), self.col(date)], ["bin", "-", self.col(date), self.value(columns, "date", 0)]]
        if kind == "text":
            if text:
                t = self.col(text)
                some += [["cat", t, self.value(columns, "text", 0)], ["call", rng.choice(["UPPER", "LOWER", "TRIM", "RTRIM"]), t], ["call", "SUBSTRING", t, ["lit", "1"], ["lit", rng.choice(["1", "2"])]]]
            if num:
                some += [["cast", ["cast", self.col(num), "int"], "text"]]
        if kind == "date" and date:
            d = self.col(date)
            some += [["bin", rng.choice("+-"), d, ["lit", rng.choice(["1", "2", "10"])]], ["trunc", rng.choice(["month", "year", "quarter"]), d]]
        if kind == "bool":
            some += [["tri", self.atom(columns, [], 0, False), rng.choice(["TRUE", "NOT TRUE", "FALSE", "NOT FALSE", "UNKNOWN", "NOT UNKNOWN"])], self.subquery(columns, [])]
        return rng.choice(some) if some else None

    def scalar(self, columns, kind):
        tree, inner = self.scan()
        d, e = self.pick(inner, kind), self.pick(columns)
        f = self.pick(inner, e[2])
        where = ["cmp", "=", self.col(f), self.col(e)] if f else None
        item = ["agg", self.rng.choice(["MAX", "MIN"]), False, self.col(d)] if d else ["lit", self.rng.choice(LITERALS[kind])]
        if kind == "num" and self.rng.random() < 0.5:
            item = self.rng.choice([["agg", "COUNT", False, None], ["agg", "SUM", False, self.col(d)] if d else ["agg", "COUNT", False, None]])
        if item[0] == "lit":
            item = ["case", ["cmp", ">", ["agg", "COUNT", False, None], ["lit", "1"]], item, None]
        return ["scalar", ["select", False, [[item, None]], tree, where, None, None]]

    def atom(self, columns, outer, depth, rich=True):
        return self.wide_atom(columns, depth) if rich and self.rng.random() < 0.2 else super().atom(columns, outer, depth, rich)

    def wide_atom(self, columns, depth):
        rng = self.rng
        c = self.pick(columns)
        while c[2] == "bool":
            c = self.pick(columns)
            if rng.random() < 0.2:
                return ["tri", self.col(c), "TRUE"] if c[2] == "bool" else ["isnull", self.col(c), False]
        kind, r = c[2], rng.random()
        lit, other = ["lit", rng.choice(LITERALS[kind])], self.value(columns, kind, 0)
        if r < 0.1:
            return ["cmp", rng.choice(["IS DISTINCT FROM", "IS NOT DISTINCT FROM"]), self.col(c), other]
        if r < 0.2:
            return ["in", self.col(c), rng.sample(LITERALS[kind], 2) + (["NULL"] if rng.random() < 0.5 else []), rng.random() < 0.5]
        if r < 0.3:
            return ["tri", super().atom(columns, [], 0, False), rng.choice(["TRUE", "NOT TRUE", "FALSE", "NOT FALSE", "UNKNOWN", "NOT UNKNOWN"])]
        if r < 0.38:
            return ["symmetric", self.col(c), lit, other, rng.random() < 0.2]
        if r < 0.46:
            e = self.pick(columns)
            return ["cmp", rng.choice(["=", "=", "<>", "<", ">="]), ["row", self.col(c), self.col(e)], ["row", other, self.value(columns, e[2], 0)]]
        if r < 0.56:
            return ["cmp", rng.choice(COMPARISONS), ["call", "COALESCE", self.col(c), other], lit]
        if r < 0.62:
            return ["case", super().atom(columns, [], 0, False), ["lit", "TRUE"], rng.choice([None, ["lit", "FALSE"], super().atom(columns, [], 0, False)])]
        if r < 0.68:
            return ["cmp", "=", ["pick", self.col(c), [[lit, ["lit", "1"]]], ["lit", "0"]], ["lit", rng.choice(["0", "1"])]]
        if r < 0.72:
            return ["not", ["between", self.col(c), lit, other]]
        if depth < 1:
            return ["cmp", rng.choice(COMPARISONS), self.value(columns, kind), other]
        tree, inner = self.scan()
        d = self.pick(inner, kind)
        if d is None:
            return ["isnull", self.col(c), True]
        where = self.atom(inner, [], 0) if rng.random() < 0.5 else None
        if r < 0.86:
            return ["quant", self.col(c), rng.choice(COMPARISONS), rng.choice(["ANY", "ALL", "SOME"]), ["select", False, [[self.col(d), None]], tree, where, None, None]]
        if r < 0.93:
            e = self.pick(columns)
            f = self.pick(inner, e[2])
            if f:
                return ["insub", ["row", self.col(c), self.col(e)], ["select", False, [[self.col(d), None], [self.col(f), None]], tree, where, None, None], rng.random() < 0.4]
        return ["cmp", rng.choice(["=", ">", "<", ">="]), self.scalar(columns, "num"), ["lit", rng.choice(["0", "1", "2"])]]

    # ------------------------------------------------------------ selects

    def window(self, columns):
        """A window function; where its order may tie, one that takes ties for equals."""
        rng = self.rng
        parts = [self.col(self.pick(columns)) for _ in range(rng.choice([0, 1, 1, 2]))]
        order = [[self.col(self.pick(columns)), rng.choice(DIRECTIONS)] for _ in range(rng.choice([0, 1, 1, 2]))]
        num = self.pick(columns, "num")
        arg = self.col(num) if num else ["lit", "1"]
        if order and rng.random() < 0.4:
            return ["over", rng.choice(["RANK", "DENSE_RANK", "CUME_DIST", "PERCENT_RANK"]), [], parts, order, ""]
        if rng.random() < 0.2:
            order = [[self.col(c), rng.choice(DIRECTIONS)] for c in rng.sample(columns, len(columns))]
            name = rng.choice(["ROW_NUMBER", "ROW_NUMBER", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTILE"])
            args = [] if name == "ROW_NUMBER" else [["lit", "2"]] if name == "NTILE" else [arg]
            return ["over", name, args, parts, order, ""]
        frame = rng.choice(FRAMES) if order else ""
        if "ROWS" in frame and "UNBOUNDED FOLLOWING" not in frame.replace("CURRENT ROW AND UNBOUNDED FOLLOWING", ""):
            order = [[self.col(c), rng.choice(DIRECTIONS)] for c in rng.sample(columns, len(columns))]
        name = rng.choice(["SUM", "COUNT", "MIN", "MAX", "AVG", "COUNT*"])
        return ["over", "COUNT", [["raw", "*"]], parts, order, frame] if name == "COUNT*" else ["over", name, [arg], parts, order, frame]

    def select(self, depth, named):
        node, kinds = super().select(depth, named)
        if named and node[5] is None and len(node[2]) < 3 and self.rng.random() < 0.12:
            columns = [(n[2], c, sqlgen.kind_of(t)) for n in nodes(node[3]) if n[0] == "table" and n[1] in self.schema["tables"] for c, t in self.schema["tables"][n[1]].items()]
            if columns and node[3][0] == "table" and not node[1]:
                node[2].append([self.window(columns), f"c{len(node[2])}"])
                kinds = kinds + ["num"]
        return node, kinds

    def aggregate(self, columns):
        rng = self.rng
        r = rng.random()
        if r < 0.75:
            return super().aggregate(columns)
        num, text, flag = self.pick(columns, "num"), self.pick(columns, "text"), self.pick(columns, "bool")
        if r < 0.82 and num:
            return ["filter", ["agg", rng.choice(["SUM", "COUNT", "MIN", "MAX"]), rng.random() < 0.2, self.col(num)], self.atom(columns, [], 0)], "num"
        if r < 0.86:
            return ["filter", ["agg", "COUNT", False, None], self.atom(columns, [], 0)], "num"
        if r < 0.9 and num:
            return ["bin", "/", ["agg", "SUM", False, self.col(num)], ["call", "NULLIF", ["agg", "COUNT", False, self.col(num) if rng.random() < 0.7 else None], ["lit", "0"]]], "num"
        if r < 0.93 and text:
            return ["listed", rng.choice(["", "DISTINCT "]), self.col(text), ""], "text"
        if r < 0.96 and flag:
            return ["fold", rng.choice(["BOOL_AND", "BOOL_OR"]), self.col(flag)], "bool"
        if num:
            return ["call", "COALESCE", ["agg", "SUM", False, ["case", self.atom(columns, [], 0), self.value(columns, "num", 0), rng.choice([None, ["lit", "0"]])]], ["lit", "0"]], "num"
        return ["agg", "SUM", False, ["lit", "1"]], "num"

    def grouped(self, tree, columns, where, named):
        node, kinds = super().grouped(tree, columns, where, named)
        keys = node[5]
        if keys and all(k[0] == "col" for k in keys) and self.rng.random() < 0.2:
            word = self.rng.choice(["ROLLUP", "CUBE", "GROUPING SETS"])
            sets = [keys] if word != "GROUPING SETS" else self.rng.sample([keys, keys[:1], keys[1:], []], 2)
            if any(k not in [e for s in sets for e in s] for k in keys):
                sets = [keys] + sets
            node[5] = [["sets", word, sets]]
            if named and self.rng.random() < 0.3:
                node[2].append([["raw", f"GROUPING({show(keys[0])})"], f"c{len(node[2])}"])
                kinds = kinds + ["num"]
        return node, kinds

    def query(self, depth, named=False):
        rng = self.rng
        r = rng.random()
        if depth > 0 and r < 0.08 and not self.entries:
            name = f"w{self.alias()}"
            inner, kinds = self.query(depth - 1, named=True)
            if inner[0] == "with":
                return inner, kinds
            self.entries[name] = kinds
            body, kinds = self.query(depth - 1, named=True)
            del self.entries[name]
            return ["with", name, inner, body, rng.choice(["", "", "MATERIALIZED ", "NOT MATERIALIZED "])], kinds
        if depth > 0 and r < 0.2:
            inner, kinds = self.query(depth - 1, named=True)
            if inner[0] in ("with", "sorted", "limit"):
                return inner, kinds
            order = [[i, rng.choice(DIRECTIONS)] for i in rng.sample(range(len(kinds)), len(kinds))]
            on = f"DISTINCT ON ({', '.join(f'c{i}' for i, _ in order[:max(1, len(order) - 1)])}) " if rng.random() < 0.4 else ""
            return ["sorted", inner, order, rng.choice([None, 1, 2, 3]) if on else rng.randint(1, 3), rng.choice([0, 0, 1]), on, self.alias()], kinds
        if depth > 0 and r < 0.34:
            return self.united(depth)
        return super().query(depth, named)

    def united(self, depth):
        rng = self.rng
        node, kinds = self.select(depth - 1, True)
        for _ in range(rng.choice([1, 1, 2])):
            for _ in range(10):
                other, others = self.select(depth - 1, True)
                if others == kinds:
                    word = rng.choice(["UNION ALL", "UNION ALL", "UNION", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"])
                    node = ["setop", word, node, other] if rng.random() < 0.7 else ["setop", word, other, node]
                    break
        return node, kinds


# ---------------------------------------------------------------- near misses

def mutate(rng, query, schema):
    """One edit that usually changes the answer."""
    if rng.random() < 0.4:
        return sqlgen.mutate(rng, query, schema)
    q = copy.deepcopy(query)

    def other(n, at, choices):
        n[at] = rng.choice([c for c in choices if c != n[at]] or [n[at]])

    def on_to_where(n):
        tree = n[3]
        if tree[0] == "join" and tree[4] and tree[4][0] == "and":
            n[4] = ["and", n[4], tree[4][2]] if n[4] else tree[4][2]
            tree[4] = tree[4][1]
        elif tree[0] == "join" and n[4] and n[4][0] == "and":
            tree[4], n[4] = (["and", tree[4], n[4][2]], n[4][1]) if tree[4] else (tree[4], n[4])

    def group_more(n):
        if n[5] and n[5][0][0] == "col":
            table = [t for t in nodes(n[3]) if t[0] == "table" and t[1] in schema["tables"]]
            if table:
                t = rng.choice(table)
                n[5] = n[5] + [["col", t[2], rng.choice(sorted(schema["tables"][t[1]]))]]

    def over(n):
        rng.choice([lambda: other(n, 5, FRAMES), lambda: n.__setitem__(3, n[3][1:]), lambda: n.__setitem__(4, [[e, rng.choice(DIRECTIONS)] for e, _ in n[4]]),
                    lambda: other(n, 1, ["ROW_NUMBER", "RANK", "DENSE_RANK"]) if n[1] in ("ROW_NUMBER", "RANK", "DENSE_RANK") else other(n, 1, ["SUM", "MIN", "MAX", "AVG", "COUNT"]) if len(n[2]) == 1 and n[1] in ("SUM", "MIN", "MAX", "AVG", "COUNT") and n[2][0][0] != "raw" else None,
                    lambda: n.__setitem__(4, n[4][::-1])])()

    def in_list(n):
        rng.choice([lambda: n.__setitem__(2, n[2] + ["NULL"]), lambda: n.__setitem__(2, [v for v in n[2] if v != "NULL"] or n[2])])()

    def call(n):
        rng.choice([lambda: set_node(n, n[2]) if n[1] in ("COALESCE", "NULLIF", "UPPER", "LOWER", "TRIM", "ABS") else None,
                    lambda: n.__setitem__(slice(2, 4), [n[3], n[2]]) if len(n) == 4 else None,
                    lambda: other(n, 1, {"UPPER": ["LOWER"], "GREATEST": ["LEAST"], "LEAST": ["GREATEST"], "TRIM": ["RTRIM"]}.get(n[1], [n[1]]))])()

    def where(n):
        if n[4]:
            rng.choice([lambda: n.__setitem__(4, ["tri", n[4], "NOT FALSE"]), lambda: n.__setitem__(4, ["not", ["not", n[4]]]), lambda: n.__setitem__(4, None)])()

    def count(n):
        if n[1] == "COUNT" and n[3]:
            rng.choice([lambda: n.__setitem__(3, None) if not n[2] else None, lambda: n.__setitem__(2, not n[2])])()
        elif n[1] == "COUNT":
            columns = [m for m in nodes(q) if m[0] == "col"]
            if columns:
                n[3] = copy.deepcopy(rng.choice(columns))
        elif n[3]:
            n[3] = rng.choice([["call", "COALESCE", n[3], ["lit", "0"]], ["bin", "+", n[3], ["lit", "0"]]])

    def case(n):
        rng.choice([lambda: n.__setitem__(1, ["not", n[1]]), lambda: n.__setitem__(slice(2, 4), [n[3], n[2]]) if n[3] else None, lambda: set_node(n, n[2])])()

    joins = ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]
    edits = {
        "select": [on_to_where, on_to_where, group_more, where, lambda n: n.__setitem__(1, not n[1]), lambda n: n[5] and n[5].pop() and (n[5] or n.__setitem__(5, None))],
        "join": [lambda n: other(n, 1, joins) if n[4] else None], "using": [lambda n: other(n, 1, joins), lambda n: n.__setitem__(4, n[4][:1])], "natural": [lambda n: other(n, 1, joins)],
        "lateral": [lambda n: other(n, 1, ["CROSS JOIN", "LEFT JOIN"])], "over": [over, over], "in": [in_list], "call": [call], "agg": [count], "case": [case],
        "quant": [lambda n: other(n, 3, ["ANY", "ALL"]), lambda n: other(n, 2, COMPARISONS)], "tri": [lambda n: other(n, 2, ["TRUE", "NOT TRUE", "FALSE", "NOT FALSE", "UNKNOWN", "NOT UNKNOWN"]), lambda n: set_node(n, n[1])],
        "sets": [lambda n: other(n, 1, ["ROLLUP", "CUBE", "GROUPING SETS"]), lambda n: n.__setitem__(2, n[2][::-1])],
        "setop": [lambda n: other(n, 1, ["UNION ALL", "UNION", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"]), lambda n: set_node(n, [n[0], n[1], n[3], n[2]])],
        "sorted": [lambda n: n.__setitem__(2, [[i, rng.choice(DIRECTIONS)] for i, _ in n[2]]), lambda n: n.__setitem__(3, rng.choice([1, 2, 3])), lambda n: n.__setitem__(4, rng.choice([0, 1])), lambda n: n.__setitem__(5, "")],
        "filter": [lambda n: set_node(n, n[1]), lambda n: n.__setitem__(2, ["not", n[2]])], "cast": [lambda n: set_node(n, n[1]), lambda n: other(n, 2, next(v for v in TYPES_OF.values() if n[2] in v) if any(n[2] in v for v in TYPES_OF.values()) else [n[2]])],
        "cmp": [lambda n: other(n, 1, COMPARISONS + ["IS DISTINCT FROM", "IS NOT DISTINCT FROM"]), lambda n: n.__setitem__(slice(2, 4), [n[3], n[2]])],
        "pick": [lambda n: n.__setitem__(2, n[2][::-1]), lambda n: n.__setitem__(3, None)], "symmetric": [lambda n: set_node(n, ["between", n[1], n[2], n[3]])],
        "extract": [lambda n: other(n, 1, ["YEAR", "MONTH", "DAY"])], "trunc": [lambda n: other(n, 1, ["month", "year", "quarter"])], "listed": [lambda n: other(n, 3, ["", " DESC"]), lambda n: other(n, 1, ["", "DISTINCT "])],
        "fold": [lambda n: other(n, 1, ["BOOL_AND", "BOOL_OR"])], "lit": [lambda n: n.__setitem__(1, n[1].upper() if n[1].startswith("'") and not n[1][1:2].isupper() else n[1]), lambda n: n.__setitem__(1, n[1][:-1] + " '") if n[1].startswith("'") else None],
        "values": [lambda n: n.__setitem__(1, n[1] + n[1][:1])], "insub": [lambda n: n.__setitem__(3, not n[3])], "isnull": [lambda n: n.__setitem__(2, not n[2])],
    }
    return sqlgen.edit_one(rng, q, edits) or q


# ---------------------------------------------------------------- what people write instead

def rewrite(rng, query, maker):
    """One edit that keeps the answer, or that people think keeps it."""
    q = copy.deepcopy(query)

    def wrap_table(n):
        if n[1] in maker.schema["tables"]:
            columns = list(maker.schema["tables"][n[1]])
            set_node(n, ["sub", ["select", False, [[["col", "w", c], c] for c in columns], ["table", n[1], "w"], None, None, None], n[2]])

    def inline(n):
        _, name, inner, body, _ = n
        for t in nodes(body):
            if t[0] == "table" and t[1] == name:
                set_node(t, ["sub", copy.deepcopy(inner), t[2]])
        set_node(n, body)

    def to_with(n):
        if not any(m[0] == "with" for m in nodes(q)) and n[1][0] == "select" and not loose(n[1]):
            name, inner = f"w{maker.alias()}", n[1]
            set_node(n, ["table", name, n[2]])
            set_node(q, ["with", name, inner, copy.deepcopy(q), ""])

    def loose(select):
        """Does it look at sources outside of it?"""
        own = {m[2] for m in nodes(select) if m[0] in ("table", "sub", "values")} | {m[4] for m in nodes(select) if m[0] == "lateral"}
        return any(m[0] == "col" and m[1] not in own for m in nodes(select))

    def exists(source, where, negated):
        return ["exists", ["select", False, [[["lit", "1"], None]], source, where, None, None], negated]

    def both(a, b):
        return ["and", a, b] if a and b else a or b

    def in_to_exists(n):
        inner = n[2]
        left, right = [n[1]], [e for e, _ in inner[2]]
        if n[1][0] == "row":
            left = n[1][1:]
        where = inner[4]
        for l, r in zip(left, right):
            where = both(["cmp", "=", r, l], where)
        if inner[0] == "select" and not inner[5] and len(left) == len(right):
            set_node(n, exists(inner[3], where, n[3]))

    def in_to_join(n):
        """WHERE x IN (SELECT y ..) as a join with the distinct values."""
        where, tree = n[4], n[3]
        if where and where[0] == "insub" and not where[3] and where[1][0] == "col" and where[2][0] == "select":
            inner, alias = where[2], maker.alias()
            inner[1], inner[2] = True, [[inner[2][0][0], "k"]]
            n[3], n[4] = ["join", "JOIN", tree, ["sub", inner, alias], ["cmp", "=", where[1], ["col", alias, "k"]]], None

    def anti(n):
        """NOT EXISTS as LEFT JOIN .. IS NULL."""
        where, tree = n[4], n[3]
        if where and where[0] == "exists" and where[2] and where[1][3][0] == "table" and where[1][4]:
            inner = where[1]
            equal = [m for m in nodes(inner[4]) if m[0] == "col" and m[1] == inner[3][2]]
            if equal:
                n[3], n[4] = ["join", "LEFT JOIN", tree, inner[3], inner[4]], ["isnull", equal[0], False]

    def exists_to_count(n):
        inner = copy.deepcopy(n[1])
        if inner[0] == "select" and not inner[5]:
            inner[1], inner[2] = False, [[["agg", "COUNT", False, None], None]]
            set_node(n, ["cmp", "=" if n[2] else ">", ["scalar", inner], ["lit", "0"]])

    def aggregate(n):
        _, name, distinct, arg = n
        if name == "COUNT" and not arg:
            set_node(n, rng.choice([["agg", "COUNT", False, ["lit", "1"]], ["agg", "SUM", False, ["lit", "1"]], ["call", "COALESCE", ["agg", "SUM", False, ["lit", "1"]], ["lit", "0"]]]))
        elif name == "COUNT" and not distinct:
            one = ["case", ["isnull", arg, True], ["lit", "1"], rng.choice([None, ["lit", "0"]])]
            set_node(n, rng.choice([["agg", "SUM", False, one], ["agg", "COUNT", False, one], ["agg", "COUNT", False, None]]))
        elif name == "AVG" and not distinct:
            set_node(n, ["bin", "/", ["agg", "SUM", False, arg], ["agg", "COUNT", False, arg]])
        elif name in ("MIN", "MAX"):
            n[2] = not n[2]
        elif name == "SUM" and arg and arg[0] == "bin" and arg[1] in "+-" and not distinct:
            set_node(n, ["bin", arg[1], ["agg", "SUM", False, arg[2]], ["agg", "SUM", False, arg[3]]])

    def filter_to_case(n):
        agg = n[1]
        if agg[0] == "agg":
            set_node(n, ["agg", agg[1], agg[2], ["case", n[2], agg[3] or ["lit", "1"], rng.choice([None, None, ["lit", "0"]])]])

    def call(n):
        if n[1] == "COALESCE" and len(n) == 4:
            set_node(n, ["case", ["isnull", n[2], True], n[2], n[3]])
        elif n[1] == "COALESCE":
            set_node(n, ["call", "COALESCE", n[2], ["call", "COALESCE", n[3], n[4]]])
        elif n[1] == "NULLIF":
            set_node(n, ["case", ["cmp", "=", n[2], n[3]], ["raw", "NULL"], n[2]])
        elif n[1] in ("GREATEST", "LEAST") and len(n) == 4:
            set_node(n, ["case", ["cmp", ">" if n[1] == "GREATEST" else "<", n[2], n[3]], n[2], n[3]] if rng.random() < 0.5 else [n[0], n[1], n[3], n[2]])

    def pick(n):
        e = n[3]
        for w, t in reversed(n[2]):
            e = ["case", ["cmp", "=", n[1], w], t, e]
        set_node(n, e)

    def cmp(n):
        _, op, a, b = n
        if "DISTINCT" in op:
            same = ["or", ["cmp", "=", a, b], ["and", ["isnull", a, False], ["isnull", b, False]]]
            set_node(n, same if "NOT" in op else ["not", same])
        elif a[0] == b[0] == "row" and op in ("=", "<>"):
            parts = [["cmp", op, l, r] for l, r in zip(a[1:], b[1:])]
            set_node(n, ["and" if op == "=" else "or", *parts[:2]])
        elif a[0] == b[0] == "row":
            strict = op[0]
            set_node(n, ["or", ["cmp", strict, a[1], b[1]], ["and", ["cmp", "=", a[1], b[1]], ["cmp", op, a[2], b[2]]]])
        else:
            turned = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
            set_node(n, ["not", ["cmp", turned[op], a, b]])

    def condition(n):
        """A condition as people who fear NULL write it."""
        if n[4]:
            n[4] = rng.choice([["tri", n[4], "TRUE"], ["and", n[4], ["lit", "TRUE"]], ["or", n[4], ["and", n[4], n[4]]], ["case", n[4], ["lit", "TRUE"], ["lit", "FALSE"]], ["not", ["not", n[4]]]])

    def on_and_where(n):
        tree = n[3]
        if tree[0] == "join" and tree[1] == "JOIN" and tree[4] and n[4] and not n[5] and rng.random() < 0.5:
            tree[4], n[4] = ["and", tree[4], n[4]], None
        elif tree[0] == "join" and tree[1] == "JOIN" and tree[4]:
            n[3], n[4] = ["comma", tree[2], tree[3], False], both(n[4], tree[4])
        elif tree[0] == "join" and tree[1] == "LEFT JOIN" and tree[4][0] == "cmp" and tree[4][3][0] == "col":
            if rng.random() < 0.5:
                tree[1], n[4] = "JOIN", n[4]
            else:
                n[4] = both(n[4], ["isnull", tree[4][3], True])

    def aggregate_above(n):
        """HAVING as WHERE above; GROUP BY as DISTINCT."""
        if n[6] and n[5] and all(a for _, a in n[2]) and not loose(n):
            alias = maker.alias()
            inner = copy.deepcopy(n)
            having = inner[6]
            inner[6] = None
            if having[0] == "cmp" and having[2][0] == "agg":
                inner[2].append([having[2], "h"])
                set_node(n, ["select", False, [[["col", alias, a], a] for _, a in n[2]], ["sub", inner, alias], ["cmp", having[1], ["col", alias, "h"], having[3]], None, None])
        elif n[5] and [e for e, _ in n[2]] == n[5] and not n[6]:
            n[1], n[5] = True, None
        elif n[1] and not n[5]:
            n[1], n[5] = False, [e for e, _ in n[2]]

    def wrap(n):
        if all(a for _, a in n[2]):
            alias = maker.alias()
            set_node(n, ["select", rng.random() < 0.1, [[["col", alias, a], a] for _, a in n[2]], ["sub", copy.deepcopy(n), alias], None, None, None])

    def push(n):
        """A filter above a sub-query into it, or out of it."""
        inner = n[3][1] if n[3][0] == "sub" else None
        if not inner or inner[0] != "select" or not n[4]:
            return
        names = {a: e for e, a in inner[2]}
        columns = [m for m in nodes(n[4]) if m[0] == "col"]
        if columns and all(m[1] == n[3][2] and m[2] in names and names[m[2]][0] in ("col", "lit", "bin", "call") for m in columns) and not any(m[0] in ("agg", "select", "over") for m in nodes(n[4])):
            where = copy.deepcopy(n[4])
            for m in nodes(where):
                if m[0] == "col":
                    set_node(m, copy.deepcopy(names[m[2]]))
            n[4], inner[4] = None, both(inner[4], where)

    def key_join(n):
        tables = [t for t in nodes(n[3]) if t[0] == "table" and t[1] in maker.schema["tables"]]
        if tables:
            t, alias = rng.choice(tables), maker.alias()
            kind = rng.choice(["JOIN", "LEFT JOIN"])
            n[3] = ["join", kind, n[3], ["table", t[1], alias], ["cmp", "=", ["col", alias, "id"], ["col", t[2], "id"]]]

    def setop(n):
        _, word, a, b = n
        alias = maker.alias()
        if a[0] != "select" or not all(name for _, name in a[2]):
            return set_node(n, [n[0], word, b, a])
        names = [name for _, name in a[2]]
        columns = [[["col", alias, name], name] for name in names]
        if word == "UNION":
            set_node(n, ["select", True, columns, ["sub", ["setop", "UNION ALL", a, b], alias], None, None, None])
        elif word in ("INTERSECT", "EXCEPT") and b[0] == "select" and all(name for _, name in b[2]):
            other = maker.alias()
            where = None
            for name, (_, mine) in zip(names, b[2]):
                where = both(where, ["cmp", rng.choice(["=", "IS NOT DISTINCT FROM", "IS NOT DISTINCT FROM"]), ["col", other, mine], ["col", alias, name]])
            set_node(n, ["select", True, columns, ["sub", a, alias], exists(["sub", b, other], where, word == "EXCEPT"), None, None])
        else:
            set_node(n, [n[0], word, b, a])

    def using(n):
        def alias_of(side):
            return side[2] if side[0] in ("table", "sub", "values") else None
        if alias_of(n[2]) and alias_of(n[3]):
            on = None
            for c in n[4]:
                on = both(on, ["cmp", "=", ["col", alias_of(n[2]), c], ["col", alias_of(n[3]), c]])
            set_node(n, ["join", n[1], n[2], n[3], on])

    def sets(n):
        keys = n[2][0]
        if n[1] == "ROLLUP":
            set_node(n, ["sets", "GROUPING SETS", [keys[:i] for i in range(len(keys), -1, -1)]])
        elif n[1] == "CUBE" and len(keys) == 2:
            set_node(n, ["sets", "GROUPING SETS", [keys, keys[:1], keys[1:], []]])
        else:
            n[2] = n[2][::-1]

    def arithmetic(n):
        _, op, a, b = n
        if op in "+*":
            set_node(n, rng.choice([["bin", op, b, a], ["bin", op, a, ["bin", op, b[2], b[3]]] if b[0] == "bin" else ["bin", op, b, a], ["bin", op, ["bin", op, a, b[2]], b[3]] if b[0] == "bin" and b[1] == op else ["bin", op, b, a]]))
        elif op == "-" and a[0] == "col" and b[0] == "col":
            set_node(n, ["neg", ["bin", "-", b, a]])

    def lateral(n):
        """An aggregate beside each row as a scalar sub-query cannot be put back in place here; a plain one is a join."""
        inner = n[3]
        if not inner[1] and inner[2][0][0][0] != "agg" and not any(m[0] == "agg" for m in nodes(inner[2])) and inner[3][0] == "table":
            alias, kind = n[4], n[1].replace("CROSS JOIN", "JOIN")
            column = inner[2][0][0]
            where = copy.deepcopy(inner[4]) or ["lit", "TRUE"]
            if column[0] == "col" and column[1] == inner[3][2]:
                for m in nodes(q):
                    if m[0] == "col" and m[1] == alias:
                        set_node(m, copy.deepcopy(column))
                set_node(n, ["join", kind, n[2], inner[3], where])

    def over(n):
        if n[4] and not n[5]:
            n[5] = rng.choice(["RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", "RANGE UNBOUNDED PRECEDING", "ROWS UNBOUNDED PRECEDING"])
        elif n[1] == "ROW_NUMBER":
            set_node(n, ["over", "COUNT", [["raw", "*"]], n[3], n[4], "ROWS UNBOUNDED PRECEDING"])
        else:
            n[3] = n[3][::-1]

    def quant(n):
        if n[2] == "=" and n[3] != "ALL":
            set_node(n, ["insub", n[1], n[4], False])
        elif n[2] == "<>" and n[3] == "ALL":
            set_node(n, ["insub", n[1], n[4], True])
        elif n[2] in ("<", "<=", ">", ">="):
            inner = n[4]
            word = "MAX" if (n[2][0] == "<") == (n[3] != "ALL") else "MIN"
            inner[2] = [[["agg", word, False, inner[2][0][0]], None]]
            set_node(n, ["cmp", n[2], n[1], ["scalar", inner]])

    def widen(n):
        n[2] = n[2] + n[2][:1] if rng.random() < 0.5 else n[2][::-1]

    edits = {
        "table": [wrap_table], "with": [inline, inline], "sub": [to_with], "insub": [in_to_exists, in_to_exists, lambda n: set_node(n, ["quant", n[1], "<>" if n[3] else "=", "ALL" if n[3] else "ANY", n[2]])],
        "exists": [exists_to_count], "agg": [aggregate], "filter": [filter_to_case], "call": [call], "pick": [pick], "cmp": [cmp],
        "select": [condition, on_and_where, on_and_where, aggregate_above, aggregate_above, wrap, push, push, key_join, in_to_join, anti], "setop": [setop], "using": [using], "natural": [lambda n: None],
        "comma": [lambda n: n.__setitem__(3, True)], "sets": [sets], "bin": [arithmetic], "lateral": [lateral, lateral], "over": [over], "quant": [quant], "in": [widen],
        "symmetric": [lambda n: set_node(n, ["or", ["between", n[1], n[2], n[3]], ["between", n[1], n[3], n[2]]]) if not n[4] else None],
        "tri": [lambda n: set_node(n, n[1]) if n[2] == "TRUE" else set_node(n, ["isnull", ["raw", bracket(n[1])], n[2] == "NOT UNKNOWN"]) if "UNKNOWN" in n[2] else set_node(n, ["call", "COALESCE", n[1], ["lit", "FALSE" if n[2] in ("TRUE", "NOT TRUE") else "TRUE"]]) if n[2] in ("TRUE", "NOT FALSE") else None],
        "case": [lambda n: set_node(n, ["case", ["not", n[1]], n[3], n[2]]) if n[3] else n.__setitem__(3, ["raw", "NULL"])],
        "not": [lambda n: set_node(n, ["or", ["not", n[1][1]], ["not", n[1][2]]]) if n[1][0] == "and" else set_node(n, ["and", ["not", n[1][1]], ["not", n[1][2]]]) if n[1][0] == "or" else None],
        "and": [lambda n: set_node(n, ["not", ["or", ["not", n[1]], ["not", n[2]]]]), lambda n: set_node(n, ["and", n[1], ["or", n[2], ["not", n[1]]]])],
        "or": [lambda n: set_node(n, ["or", n[1], ["and", ["not", n[1]], n[2]]]), lambda n: set_node(n, ["case", n[1], ["lit", "TRUE"], n[2]])],
    }
    if rng.random() < 0.3:
        return sqlgen.rewrite(rng, query, maker)
    return sqlgen.edit_one(rng, q, edits) or q


def names_of(query):
    """The columns' names, where all have one."""
    if query[0] == "select":
        return [a for _, a in query[2]] if all(a for _, a in query[2]) else []
    if query[0] in ("setop", "with"):
        return names_of(query[2] if query[0] == "setop" else query[3])
    return names_of(query[1]) if query[0] in ("sorted", "limit", "qualify") else []


def narrow(rng, query, maker):
    """A query that may be answered from the result of `query`, whatever that is: a filter, fewer columns, a grouping, a join on top."""
    if query[0] == "select" and rng.random() < 0.6:
        return sqlgen.narrow(rng, query, maker)
    names = names_of(query)
    if not names:
        return query
    alias = maker.alias()
    keep = rng.sample(names, rng.randint(1, len(names)))
    where = ["isnull", ["col", alias, rng.choice(names)], True] if rng.random() < 0.5 else None
    tree, columns = ["sub", copy.deepcopy(query), alias], [["col", alias, c] for c in keep]
    r = rng.random()
    if r < 0.15:
        table, other = rng.choice(sorted(maker.schema["tables"])), maker.alias()
        tree = ["join", rng.choice(["JOIN", "LEFT JOIN"]), tree, ["table", table, other], ["cmp", "=", ["col", other, "id"], ["col", alias, rng.choice(names)]]]
    if r < 0.5:
        return ["select", rng.random() < 0.2, [[c, c[2]] for c in columns], tree, where, None, None]
    measure = ["agg", rng.choice(["COUNT", "COUNT", "MAX", "MIN", "SUM"]), False, ["col", alias, rng.choice(names)]]
    items = [[c, c[2]] for c in columns] + [[measure if rng.random() < 0.7 else ["agg", "COUNT", False, None], "n"]]
    having = ["cmp", ">", ["agg", "COUNT", False, None], ["lit", "1"]] if rng.random() < 0.2 else None
    return ["select", False, items, tree, where, columns, having]
