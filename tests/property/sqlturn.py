"""Pairs that say one thing in two ways, or nearly: each turn is a way to say the same that a rule of the prover knows, with random parts, and with
one part wrong as often as not. PostgreSQL's SQL; the random queries of sqlgen.py and sqlwide.py seldom meet these shapes by chance.
"""
import datetime

import sqlgen
from sqlgen import show

DATES = [f"DATE '{d}'" for d in ["2020-01-31", "2020-02-29", "2021-03-01", "2020-01-01", "2020-02-01", "2020-02-28", "2020-03-01", "2020-03-02", "2020-12-31", "2021-01-01"]]


class Turner:
    def __init__(self, rng, schema):
        self.rng, self.schema = rng, schema
        self.maker = sqlgen.Maker(rng, schema)
        self.tables = sorted(schema["tables"])

    def table(self, kind=None):
        """A table that has a column of the kind, or any."""
        fitting = [t for t in self.tables if kind is None or self.columns(t, kind)]
        return self.rng.choice(fitting) if fitting else None

    def columns(self, table, kind=None):
        return [c for c, t in self.schema["tables"][table].items() if kind is None or sqlgen.kind_of(t) == kind]

    def ints(self, table):
        return [c for c, t in self.schema["tables"][table].items() if t == "int"]

    def atom(self, alias, table):
        """A condition on one row of the table."""
        columns = [(alias, c, sqlgen.kind_of(t)) for c, t in self.schema["tables"][table].items()]
        return show(self.maker.atom(columns, [], 0, False))

    def place(self, table, condition):
        """The condition where only TRUE counts, or as a value."""
        column = self.rng.choice(self.columns(table))
        return self.rng.choice([f"SELECT x.{column} AS c0 FROM {table} AS x WHERE {{}}", f"SELECT x.{column} AS c0, ({{}}) AS c1 FROM {table} AS x",
                                f"SELECT x.{column} AS c0 FROM {table} AS x WHERE NOT ({{}})",
                                f"SELECT COUNT(CASE WHEN {{}} THEN x.{column} END) AS c0 FROM {table} AS x"]).format(condition)

    # ------------------------------------------------------------ each gives two queries, or None

    def calendar(self):
        rng, table = self.rng, self.table("date")
        if not table:
            return None
        column = "x." + rng.choice(self.columns(table, "date"))
        day = column if rng.random() < 0.6 else f"CAST({column} AS timestamp)"
        unit, op = rng.choice(["year", "month", "quarter"]), rng.choice(["=", "=", "=", "<>", "<", "<=", ">", ">="])
        year, at = rng.choice([2019, 2020, 2021]), rng.choice([0, 1, 2, 11])
        step = {"year": 12, "month": 1, "quarter": 3}[unit]
        at = at - at % step
        first, last = f"'{year + at // 12}-{at % 12 + 1:02d}-01'", f"'{year + (at + step) // 12}-{(at + step) % 12 + 1:02d}-01'"
        kind = "DATE" if day == column else "TIMESTAMP"
        part = rng.choice([f"DATE_TRUNC('{unit}', {day}) {op} {kind} {first}"] + ([f"EXTRACT(YEAR FROM {day}) {op} {year}"] if unit == "year" else []))
        low, high = rng.choice([(first, last), (first, last), (first, last), (last, last), (first, first)])
        below, above = rng.choice([("<", ">="), ("<", ">="), ("<", ">="), ("<=", ">="), ("<", ">")])
        low, high = f"{kind} {low}", f"{kind} {high}"
        said = {"=": f"{day} {above} {low} AND {day} {below} {high}", "<>": f"{day} {below} {low} OR {day} {above} {high}", "<": f"{day} {below} {low}",
                "<=": f"{day} {below} {high}", ">": f"{day} {above} {high}", ">=": f"{day} {above} {low}"}[op]
        if unit == "month" and op == "=" and rng.random() < 0.4:
            part = f"EXTRACT(MONTH FROM {day}) = {at + 1} AND EXTRACT(YEAR FROM {day}) = {year}"
            return f"SELECT {column} AS c0 FROM {table} AS x WHERE {part}", f"SELECT {column} AS c0 FROM {table} AS x WHERE {said}"
        shape = rng.getrandbits(32)
        rng.seed(shape)
        a = self.place(table, part)
        rng.seed(shape)
        return a, self.place(table, said)

    def neighbours(self):
        """Whole numbers and days: ranges, lists and points."""
        rng = self.rng
        kind = rng.choice(["int", "int", "date"])
        table = self.table("date") if kind == "date" else rng.choice(self.tables)
        if not table:
            return None
        column = "x." + rng.choice(self.columns(table, "date") if kind == "date" else self.ints(table))
        start, n = rng.randint(-1, 3), rng.randint(1, 4)
        shift = rng.choice([0, 0, 0, 1, -1])

        def literal(i):
            return str(i) if kind == "int" else f"DATE '{datetime.date(2020, 2, 28) + datetime.timedelta(i)}'"

        members = ", ".join(literal(start + i) for i in range(n))
        ways = [f"{column} IN ({members})", f"{column} BETWEEN {literal(start)} AND {literal(start + n - 1 + shift)}",
                f"{column} > {literal(start - 1)} AND {column} < {literal(start + n + shift)}",
                " OR ".join(f"{column} = {literal(start + i)}" for i in range(n)),
                f"NOT ({column} < {literal(start)} OR {column} > {literal(start + n - 1)})",
                f"{column} >= {literal(start)} AND ({column} < {literal(start + n - 1)} OR {column} = {literal(start + n - 1 + shift)})"]
        shape = rng.getrandbits(32)
        first, second = rng.sample(ways, 2)
        rng.seed(shape)
        a = self.place(table, first)
        rng.seed(shape)
        return a, self.place(table, second)

    def having(self):
        """Groups kept for what some or none of their rows say."""
        rng, table = self.rng, self.rng.choice(self.tables)
        key = rng.choice(self.columns(table))
        value, kinds = rng.choice([(c, t) for c, t in self.schema["tables"][table].items()])
        kind = sqlgen.kind_of(kinds)
        literal = rng.choice(sqlgen.LITERALS[kind])
        where = f" WHERE {self.atom('x', table)}" if rng.random() < 0.3 else ""
        more = f"{where} AND " if where else " WHERE "
        inner = (where.replace("x.", "y.") + " AND " if where else " WHERE ") + (f"y.{key} = x.{key}" if rng.random() < 0.6 else f"y.{key} IS NOT DISTINCT FROM x.{key}")
        atom = self.atom("x", table)
        head = f"SELECT x.{key} AS c0 FROM {table} AS x{where} GROUP BY x.{key} HAVING "
        distinct = f"SELECT DISTINCT x.{key} AS c0 FROM {table} AS x"
        less, more_than = rng.choice(["<", "<="]), rng.choice([">", ">="])
        opposite = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
        two = rng.sample(sqlgen.LITERALS[kind], 2)
        if kind == "bool":
            ways = [("COUNT(CASE WHEN {a} THEN 1 END) > 0", "{d}{m}({a})"), ("COUNT(CASE WHEN {a} THEN 1 END) = 0", "{d}{m}NOT EXISTS (SELECT 1 FROM {t} AS y{i} AND ({b}))")]
        else:
            column = f"x.{value}"
            ways = [(f"MAX({column}) {more_than} {literal}", f"{{d}}{{m}}{column} {more_than} {literal}"), (f"MIN({column}) {less} {literal}", f"{{d}}{{m}}{column} {less} {literal}"),
                    (f"MIN({column}) {more_than} {literal}", f"{{d}}{{m}}NOT EXISTS (SELECT 1 FROM {{t}} AS y{{i}} AND y.{value} {opposite[more_than]} {literal})"),
                    (f"MIN({column}) {more_than} {literal}", f"{{d}}{{m}}{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {{t}} AS y{{i}} AND y.{value} {opposite[more_than]} {literal})"),
                    (f"MAX({column}) = {literal}", f"{{d}}{{m}}{column} = {literal} AND NOT EXISTS (SELECT 1 FROM {{t}} AS y{{i}} AND y.{value} > {literal})"),
                    (f"COUNT({column}) = 0", f"{{d}}{{m}}NOT EXISTS (SELECT 1 FROM {{t}} AS y{{i}} AND y.{value} IS NOT NULL)"),
                    (f"MAX({column}) > {literal} AND COUNT(CASE WHEN {{a}} THEN 1 END) = 0", f"{{d}}{{m}}{column} > {literal} AND NOT EXISTS (SELECT 1 FROM {{t}} AS y{{i}} AND ({{b}}))"),
                    ("COUNT(CASE WHEN {a} THEN 1 END) = 0", "{d}{m}NOT EXISTS (SELECT 1 FROM {t} AS y{i} AND ({b}))"),
                    ("SUM(CASE WHEN {a} THEN 1 ELSE 0 END) >= 1", "{d}{m}({a})")]
        if kind != "bool" and rng.random() < 0.25:
            listed = f"x.{value} IN ({two[0]}, {two[1]})"
            a = f"SELECT x.{key} AS c0 FROM {table} AS x WHERE {listed} GROUP BY x.{key} HAVING COUNT({rng.choice(['DISTINCT ', 'DISTINCT ', ''])}x.{value}) {rng.choice(['=', '>='])} 2"
            same = rng.choice(["y.{0} = x.{0}", "y.{0} IS NOT DISTINCT FROM x.{0}"]).format(key)
            return a, f"{distinct} JOIN {table} AS y ON {same} WHERE x.{value} = {two[0]} AND y.{value} = {two[1]}"
        a, b = rng.choice(ways)
        parts = {"a": atom, "b": atom.replace("x.", "y."), "d": distinct, "m": more, "t": table, "i": inner}
        return head + a.format(**parts), b.format(**parts)

    def sets(self):
        """GROUPING SETS and a union of groupings."""
        rng, table = self.rng, self.rng.choice(self.tables)
        keys = rng.sample(self.columns(table), 2)
        where = f" WHERE {self.atom('x', table)}" if rng.random() < 0.5 else rng.choice(["", f" WHERE x.{keys[0]} = x.{keys[1]}" if len({self.schema["tables"][table][k] for k in keys}) == 1 else ""])
        aggregate = rng.choice(["COUNT(*)", f"COUNT(x.{keys[0]})", f"MAX(CAST(x.{keys[1]} AS text))", f"SUM(x.{rng.choice(self.ints(table))})"])
        having = rng.choice(["", "", " HAVING COUNT(*) > 1"])
        chosen = [[s for s in keys if rng.random() < 0.6] for _ in range(rng.randint(1, 2))]
        other = rng.choice([chosen, chosen, chosen[1:] + chosen[:1], [list(reversed(s)) for s in chosen], chosen[:-1] + [chosen[0]]])
        grouping = rng.random() < 0.5 and not (where and " = x." in where)

        def listed(sets, order):
            names = ", ".join(f"x.{k} AS c{i}" for i, k in enumerate(order))
            body = ", ".join("(" + ", ".join(f"x.{k}" for k in s) + ")" for s in sets)
            more = f", GROUPING(x.{keys[0]}) AS c3" if grouping else ""
            return f"SELECT {names}, {aggregate} AS c2{more} FROM {table} AS x{where} GROUP BY GROUPING SETS ({body}){having}"

        def branch(s, order):
            names = ", ".join((f"x.{k}" if k in s else f"CAST(NULL AS {self.schema['tables'][table][k]})") + f" AS c{i}" for i, k in enumerate(order))
            more = f", {int(keys[0] not in s)} AS c3" if grouping else ""
            group = " GROUP BY " + ", ".join(f"x.{k}" for k in s) if s else ""
            return f"SELECT {names}, {aggregate} AS c2{more} FROM {table} AS x{where}{group}{having}"

        used = [k for k in keys if any(k in s for s in chosen)]
        if {k for s in other for k in s} != set(used) or (grouping and keys[0] not in used):
            other, grouping = chosen, False
        turned = rng.choice([used, used, used[::-1]]) if len({self.schema["tables"][table][k] for k in used}) < 2 else used
        return listed(chosen, used) if used else f"SELECT {aggregate} AS c2 FROM {table} AS x", rng.choice([listed(other, turned) if used else branch([], []), " UNION ALL ".join(branch(s, turned) for s in other)])

    def product(self):
        """Groups of two sides joined, multiplied, and groups of the join."""
        rng, many, times = self.rng, self.rng.choice(self.tables), self.rng.choice(self.tables)
        key, other, value = rng.choice(self.ints(many)), rng.choice(self.ints(times)), rng.choice([c for c, t in self.schema["tables"][many].items() if t in ("int", "numeric")])
        aggregate = rng.choice([f"SUM(x.{value})", f"SUM(x.{value})", f"COUNT(x.{value})", "COUNT(*)", f"MAX(x.{value})", f"AVG(x.{value})"])
        counted = rng.choice(["COUNT(*)", "COUNT(*)", "COUNT(*)", f"COUNT(y.{rng.choice(self.columns(times))})", f"COUNT(DISTINCT y.{other})"])
        where = f" WHERE {self.atom('x', many)}" if rng.random() < 0.4 else ""
        times_n = rng.choice(["a.s", "a.s * b.n"]) if aggregate[:3] in ("MAX", "AVG") else rng.choice(["a.s * b.n", "b.n * a.s", "a.s * b.n", "a.s"])
        sides = f"(SELECT x.{key} AS k, {aggregate} AS s FROM {many} AS x{where} GROUP BY x.{key}) AS a JOIN (SELECT y.{other} AS j, {counted} AS n FROM {times} AS y GROUP BY y.{other}) AS b ON a.k = b.j"
        joined = f"{many} AS x JOIN {times} AS y ON x.{key} = y.{other}{where}"
        shape = rng.random()
        if shape < 0.5:
            return f"SELECT x.{key} AS c0, {aggregate} AS c1 FROM {joined} GROUP BY x.{key}", f"SELECT a.k AS c0, {times_n} AS c1 FROM {sides}"
        whole = rng.choice(["COALESCE(SUM({0}), 0)", "SUM({0})"]).format(times_n)
        return f"SELECT {aggregate} AS c0 FROM {joined}", f"SELECT {whole} AS c0 FROM {sides}"

    def lookup(self):
        """Keys that a foreign key leads to, and its values; a sub-query that is asked for a row."""
        rng = self.rng
        links = [(c.split("."), p.split(".")) for c, p in self.schema["fks"]]
        if not links or rng.random() < 0.2:
            table, inner = rng.choice(self.tables), rng.choice(self.tables)
            on = f"y.{rng.choice(self.ints(inner))} = x.{rng.choice(self.ints(table))}"
            out = rng.choice(["1", "1", "y." + rng.choice(self.columns(inner))])
            return (f"SELECT x.id AS c0 FROM {table} AS x WHERE EXISTS (SELECT 1 FROM {inner} AS y WHERE {on})",
                    f"SELECT x.id AS c0 FROM {table} AS x WHERE (SELECT {out} FROM {inner} AS y WHERE {on} LIMIT 1) IS NOT NULL")
        (child, column), (parent, key) = rng.choice(links)
        atom = self.atom("y", child) if rng.random() < 0.7 else "TRUE"
        on = f" AND x.{key} > 0" if rng.random() < 0.3 else ""
        wanted = rng.choice([key, key, key, rng.choice(self.columns(parent))])
        first = rng.choice([f"SELECT x.{wanted} AS c0 FROM {parent} AS x WHERE EXISTS (SELECT 1 FROM {child} AS y WHERE y.{column} = x.{key} AND {atom}){on}",
                            f"SELECT x.{wanted} AS c0 FROM {parent} AS x WHERE x.{key} IN (SELECT y.{column} FROM {child} AS y WHERE {atom}){on}",
                            f"SELECT x.{wanted} AS c0 FROM {parent} AS x JOIN {child} AS y ON y.{column} = x.{key} AND {atom}{on.replace(' AND', ' WHERE')} GROUP BY x.{wanted}"])
        there = rng.choice([f" AND y.{column} IS NOT NULL", f" AND y.{column} IS NOT NULL", ""])
        return first, f"SELECT {rng.choice(['DISTINCT ', 'DISTINCT ', 'DISTINCT ', ''])}y.{column} AS c0 FROM {child} AS y WHERE {atom}{there}{on.replace('x.' + key, 'y.' + column)}"

    def part(self):
        """Aggregates of some rows of each group: conditional, or groups of those rows in a left join."""
        rng, table = self.rng, self.rng.choice(self.tables)
        key, value, other = rng.choice(self.columns(table)), rng.choice(self.ints(table)), rng.choice(self.ints(table))
        atom = self.atom("x", table)
        function = rng.choice(["SUM", "MIN", "MAX", "COUNT", "COUNT"])
        inner = "COUNT(*)" if function == "COUNT" and rng.random() < 0.5 else f"{function}(x.{value})"
        counted = "1" if inner == "COUNT(*)" else f"x.{value}"
        first = f"{function}(CASE WHEN {atom} THEN {counted} END)"
        zero = rng.random() < 0.6
        if zero and function != "COUNT":
            first = f"COALESCE({first}, 0)"
        everything = rng.choice(["COUNT(*)", f"SUM(x.{other})"])
        where = f"x.{other} IS NOT NULL" if rng.random() < 0.3 else ""
        on = rng.choice(["a.k = b.k", "a.k = b.k", "a.k IS NOT DISTINCT FROM b.k"])
        both = f" WHERE {where}" if where else ""
        less = rng.choice([f" WHERE {where} AND {atom}" if where else f" WHERE {atom}"] * 3 + [f" WHERE {atom}"])
        second = (f"SELECT a.k AS c0, {'COALESCE(b.p, 0)' if zero else 'b.p'} AS c1, a.n AS c2 FROM (SELECT x.{key} AS k, {everything} AS n FROM {table} AS x{both} GROUP BY x.{key}) AS a "
                  f"{rng.choice(['LEFT JOIN', 'LEFT JOIN', 'LEFT JOIN', 'JOIN'])} (SELECT x.{key} AS k, {inner} AS p FROM {table} AS x{less} GROUP BY x.{key}) AS b ON {on}")
        if rng.random() < 0.4:  # both beside a third
            third, given = self.rng.choice(self.tables), f"SELECT c.id AS c0, {'COALESCE(b.p, 0)' if zero else '{p}'} AS c1, a.n AS c2 FROM "
            third = f"{third} AS c LEFT JOIN (SELECT x.{key} AS k, {everything} AS n, {first} AS p FROM {table} AS x{both} GROUP BY x.{key}) AS a ON a.k = c.id"
            beside = f" LEFT JOIN (SELECT x.{key} AS k, {inner} AS p FROM {table} AS x{less} GROUP BY x.{key}) AS b ON {rng.choice(['b.k = c.id', 'b.k = c.id', 'b.k = a.k'])}"
            if "int" in self.schema["tables"][table][key]:
                return given.format(p="a.p").replace("b.p", "a.p") + third, given.format(p="b.p") + third + beside
        return f"SELECT x.{key} AS c0, {first} AS c1, {everything} AS c2 FROM {table} AS x{both} GROUP BY x.{key}", second


TURNS = [Turner.calendar, Turner.neighbours, Turner.having, Turner.having, Turner.sets, Turner.product, Turner.lookup, Turner.part, Turner.part]


def make_pair(rng, schema):
    for _ in range(8):
        pair = rng.choice(TURNS)(Turner(rng, schema))
        if pair:
            return pair if rng.random() < 0.5 else pair[::-1]
    return "SELECT 1 AS c0", "SELECT 1 AS c0"
