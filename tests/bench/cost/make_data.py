"""Data for the cost benchmark: the tables of TPC-H and TPC-DS with their keys, cardinalities and skew, made by SQL in the engine itself.

Not the official generators (dbgen, dsdgen): the same tables, row counts, key structure (orders hold several lines of one customer and day, returns
are taken from sales, ship dates follow order dates, items and customers are bought unequally often, sales crowd before year's end) and domains.
Constants that queries compare columns with are added to the columns' domains, so that predicates find something. Same scale, same rows.
"""
import re

CITIES = [f"City {n}" for n in range(60)]
COUNTIES = [f"County {n}" for n in range(1800)]
STATES = "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY".split()
CATEGORIES = "Women Men Children Shoes Music Jewelry Home Sports Books Electronics".split()
NATIONS = "ALGERIA,ARGENTINA,BRAZIL,CANADA,EGYPT,ETHIOPIA,FRANCE,GERMANY,INDIA,INDONESIA,IRAN,IRAQ,JAPAN,JORDAN,KENYA,MOROCCO,MOZAMBIQUE,PERU,CHINA,ROMANIA,SAUDI ARABIA,VIETNAM,RUSSIA,UNITED KINGDOM,UNITED STATES".split(",")

# TPC-DS: rows at scale 1, and whether they grow with the scale (1), by its root (0.5) or not (0)
DS_ROWS = {"customer_address": (50000, 0.5), "customer_demographics": (192080, 0), "warehouse": (5, 0), "ship_mode": (20, 0), "time_dim": (86400, 0),
           "reason": (35, 0), "income_band": (20, 0), "item": (18000, 0.5), "store": (12, 0), "call_center": (6, 0), "customer": (100000, 0.5),
           "web_site": (30, 0), "household_demographics": (7200, 0), "web_page": (60, 0), "promotion": (300, 0), "catalog_page": (11718, 0)}
DS_DATES = 73049
FIRST_SALE, SALE_DAYS = 35794, 1823  # days after 1900-01-01: 1998-01-01, five years
DS_KEYS = {"date": DS_DATES, "time": 86400}


class Maker:
    def __init__(self, db, schema, scale, constants):
        self.db, self.schema, self.scale, self.constants = db, schema, scale, constants

    def u(self, name, by="i"):
        """Uniform in 0..1, of the row and the column."""
        return f"((hash({by}, '{name}') % 1000003) / 1000003.0)"

    def pick(self, name, values, by="i"):
        values = list(dict.fromkeys(list(self.constants.get(name, [])) + list(values)))
        quoted = ", ".join("'" + str(v).replace("'", "''") + "'" for v in values)
        return f"([{quoted}])[1 + CAST(floor({self.u(name, by)} * {len(values)}) AS INT)]"

    def whole(self, name, low, high, by="i"):
        return f"CAST({low} + floor({self.u(name, by)} * {high - low + 1}) AS INT)"

    def skewed(self, name, count, by="i"):
        """1..count, the first ones more often."""
        return f"CAST(1 + floor(power({self.u(name, by)}, 1.8) * {count}) AS INT)"

    def money(self, name, high, by="i"):
        return f"CAST(round({self.u(name, by)} * {high} + 0.01, 2) AS DECIMAL(15,2))"

    def maybe(self, name, expression, share=0.02):
        return f"CASE WHEN {self.u(name + '?')} < {share} THEN NULL ELSE {expression} END"

    def words(self, name, count, length):
        return f"('{name[:3]} ' || md5(CAST(floor({self.u(name)} * {count}) AS VARCHAR))[1:{length}])"

    def table(self, name, rows, columns, source=None):
        wanted = self.schema[name]
        parts = ", ".join(f"CAST({columns[c]} AS {t}) AS {c}" for c, t in wanted.items())
        self.db.execute(f"CREATE TABLE {name} AS SELECT {parts} FROM {source or f'range({rows}) r(i)'}")


def text_type(t):
    return re.match(r"(var)?char|string", t, re.I) is not None


# ---------------------------------------------------------------- TPC-DS

def ds_rows(name, scale):
    rows, grows = DS_ROWS[name]
    return max(2, int(rows * (scale if grows == 1 else scale ** grows if grows else 1)))


def ds_key_rows(column, scale):
    """How many rows the table has that a key column points to."""
    ends = [("cdemo_sk", "customer_demographics"), ("hdemo_sk", "household_demographics"), ("demo_sk", "household_demographics"),
            ("addr_sk", "customer_address"), ("customer_sk", "customer"), ("item_sk", "item"), ("store_sk", "store"), ("promo_sk", "promotion"),
            ("warehouse_sk", "warehouse"), ("ship_mode_sk", "ship_mode"), ("call_center_sk", "call_center"), ("catalog_page_sk", "catalog_page"),
            ("web_page_sk", "web_page"), ("web_site_sk", "web_site"), ("reason_sk", "reason"), ("income_band_sk", "income_band")]
    for end, table in ends:
        if column.endswith(end):
            return ds_rows(table, scale)
    return None


def ds_domain(m, column, type_):
    c = re.sub(r"^[a-z]+_", "", column)
    special = {"cd_gender": "MF", "cd_marital_status": "MSDWU", "i_category": CATEGORIES, "ca_country": ["United States"],
               "cd_education_status": ["Primary", "Secondary", "College", "2 yr Degree", "4 yr Degree", "Advanced Degree", "Unknown"],
               "cd_credit_rating": ["Good", "Low Risk", "High Risk", "Unknown"], "c_preferred_cust_flag": "YN", "s_state": ["TN", "GA", "SD"],
               "hd_buy_potential": ["0-500", "501-1000", "1001-5000", "5001-10000", ">10000", "Unknown"]}
    numbers = {"birth_day": (1, 28), "birth_month": (1, 12), "birth_year": (1924, 1992), "dep_count": (0, 9), "vehicle_count": (-1, 4), "manager_id": (1, 100),
               "manufact_id": (1, 1000), "category_id": (1, 10), "class_id": (1, 16), "brand_id": (1, 950), "number_employees": (200, 300),
               "quantity_on_hand": (0, 1000), "purchase_estimate": (500, 10000), "dep_employed_count": (0, 6), "dep_college_count": (0, 6)}
    if column in special:
        return m.pick(column, special[column])
    if column.startswith("p_channel") and column != "p_channel_details":
        return m.pick(column, "NNNNNNNY")
    if c == "state":
        return m.pick(column, STATES)
    if c == "county":
        return m.pick(column, COUNTIES[:1800 if column.startswith("ca") else 8])
    if c == "city":
        return m.pick(column, CITIES)
    if c == "gmt_offset":
        return f"([-5, -6, -7, -8])[1 + CAST(floor({m.u(column)} * 4) AS INT)]"
    if c == "zip":
        return f"lpad(CAST({m.whole(column, 10000, 99999)} AS VARCHAR), 5, '0')"
    if c in numbers:
        return m.whole(column, *numbers[c])
    if text_type(type_):
        distinct = {"class": 100, "brand": 700, "manufact": 1000, "color": 90, "size": 7, "units": 21, "first_name": 5000, "last_name": 5000,
                    "product_name": 18000, "item_desc": 15000, "email_address": 100000, "birth_country": 200, "street_name": 8000, "type": 6, "carrier": 20}.get(c, 40)
        base = m.words(column, distinct, 8 if distinct < 5000 else 14)
        constants = m.constants.get(column)
        return f"CASE WHEN {m.u(column + '!')} < {min(0.5, len(constants) / distinct):.4f} THEN {m.pick(column, [])} ELSE {base} END" if constants else base
    if type_ == "date":
        return f"DATE '1997-01-01' + {m.whole(column, 0, 1500)}"
    if type_.startswith(("decimal", "numeric")):
        return m.money(column, 100)
    return m.whole(column, 1, 100)


def ds_key(m, column, scale, by="i"):
    if column.endswith("date_sk"):
        return f"CAST({2415022 + FIRST_SALE} + floor({m.u(column, by)} * {SALE_DAYS}) AS INT)"
    if column.endswith("time_sk"):
        return f"CAST(28800 + floor(({m.u(column, by)} + {m.u(column + 'b', by)}) / 2 * 50400) AS INT)"
    rows = ds_key_rows(column, scale)
    return m.skewed(column, rows, by) if column.endswith(("item_sk", "customer_sk")) else m.whole(column, 1, rows, by)


def ds_dimension(m, name, scale):
    rows, columns = ds_rows(name, scale), {}
    for n, (column, type_) in enumerate(m.schema[name].items()):
        if n == 0:
            columns[column] = "i + 1" if name != "time_dim" else "i"
        elif column.endswith("_sk"):
            columns[column] = m.maybe(column, ds_key(m, column, scale))
        elif n == 1 and column.endswith("_id"):
            columns[column] = f"'AAAA' || lpad(CAST(i // {2 if name in ('item', 'store', 'web_site', 'call_center') else 1} AS VARCHAR), 12, 'A')"
        else:
            columns[column] = ds_domain(m, column, type_)
    if name == "time_dim":
        columns.update(t_time="i", t_hour="i // 3600", t_minute="(i // 60) % 60", t_second="i % 60", t_am_pm="CASE WHEN i < 43200 THEN 'AM' ELSE 'PM' END")
        columns["t_meal_time"] = "CASE WHEN i // 3600 BETWEEN 6 AND 8 THEN 'breakfast' WHEN i // 3600 BETWEEN 12 AND 13 THEN 'lunch' WHEN i // 3600 BETWEEN 17 AND 20 THEN 'dinner' END"
    if name == "customer_demographics":
        columns.update(cd_gender="(['M','F'])[1 + i % 2]", cd_marital_status="(['M','S','D','W','U'])[1 + (i // 2) % 5]",
                       cd_education_status="(['Primary','Secondary','College','2 yr Degree','4 yr Degree','Advanced Degree','Unknown'])[1 + (i // 10) % 7]")
    m.table(name, rows, columns)


def ds_dates(m):
    d = "(DATE '1900-01-02' + CAST(i AS INT))"
    columns = {c: "NULL" for c in m.schema["date_dim"]}
    columns.update(d_date_sk="2415022 + i", d_date_id="'AAAA' || i", d_date=d, d_month_seq=f"(year({d}) - 1900) * 12 + month({d}) - 1", d_week_seq="i // 7 + 1",
                   d_quarter_seq=f"(year({d}) - 1900) * 4 + quarter({d}) - 1", d_year=f"year({d})", d_dow=f"dayofweek({d})", d_moy=f"month({d})", d_dom=f"day({d})",
                   d_qoy=f"quarter({d})", d_fy_year=f"year({d})", d_day_name=f"dayname({d})", d_quarter_name=f"year({d}) || 'Q' || quarter({d})", d_holiday="'N'", d_weekend="'N'")
    m.table("date_dim", DS_DATES, columns)


def ds_amounts(m, column, type_):
    if column.endswith("_quantity"):
        return m.whole(column, 1, 100)
    high = {"wholesale_cost": 100, "list_price": 200, "sales_price": 180, "coupon_amt": 500, "net_profit": 4000, "net_paid": 9000}.get(re.sub(r"^[a-z]+_", "", column), 3000)
    value = m.money(column, high)
    return f"CASE WHEN {m.u(column + '0')} < 0.6 THEN 0 ELSE {value} END" if column.endswith("coupon_amt") else f"{value} - 1500" if column.endswith("profit") else value


def ds_sales(m, name, scale, rows, number, per_order):
    """`per_order` rows have one order number, customer, day, store and so on."""
    columns, order = {}, f"(i // {per_order})"
    for column, type_ in m.schema[name].items():
        if column == number:
            columns[column] = order + " + 1"
        elif column.endswith("sold_date_sk"):  # a third of the sales in the last two months of the year
            late = f"CAST({2415022 + FIRST_SALE} + floor({m.u(column, order)} * 5) * 365 + 300 + floor({m.u(column + 'l', order)} * 64) AS INT)"
            columns[column] = f"CASE WHEN {m.u(column + 's', order)} < 0.3 THEN {late} ELSE {ds_key(m, column, scale, order)} END"
        elif column.endswith("ship_date_sk"):
            columns[column] = f"({columns[column.replace('ship_', 'sold_')]}) + {m.whole(column, 2, 90)}"
        elif column.endswith("_sk"):
            per_line = column.endswith(("item_sk", "promo_sk", "warehouse_sk"))
            columns[column] = m.maybe(column, ds_key(m, column, scale, "i" if per_line else order)) if not column.endswith("item_sk") else ds_key(m, column, scale)
        else:
            columns[column] = ds_amounts(m, column, type_)
    m.table(name, rows, columns)


def ds_returns(m, name, sales, scale, same):
    columns = {}
    for column, type_ in m.schema[name].items():
        if column in same:
            columns[column] = same[column]
        elif column.endswith("returned_date_sk"):
            columns[column] = f"{same['date']} + {m.whole(column, 1, 90)}"
        elif column.endswith("_sk"):
            columns[column] = m.maybe(column, ds_key(m, column, scale))
        else:
            columns[column] = ds_amounts(m, column, type_)
    m.table(name, 0, columns, f"(SELECT *, row_number() OVER () AS i FROM {sales} WHERE hash({same['item']}, {same['number']}) % 10 = 0)")


def make_ds(m, scale):
    ds_dates(m)
    for name in DS_ROWS:
        ds_dimension(m, name, scale)
    ds_sales(m, "store_sales", scale, int(2880404 * scale), "ss_ticket_number", 12)
    ds_sales(m, "catalog_sales", scale, int(1441548 * scale), "cs_order_number", 9)
    ds_sales(m, "web_sales", scale, int(719384 * scale), "ws_order_number", 12)
    ds_returns(m, "store_returns", "store_sales", scale, {"date": "ss_sold_date_sk", "item": "ss_item_sk", "number": "ss_ticket_number", "sr_item_sk": "ss_item_sk",
               "sr_ticket_number": "ss_ticket_number", "sr_customer_sk": "ss_customer_sk", "sr_store_sk": "ss_store_sk"})
    ds_returns(m, "catalog_returns", "catalog_sales", scale, {"date": "cs_sold_date_sk", "item": "cs_item_sk", "number": "cs_order_number", "cr_item_sk": "cs_item_sk",
               "cr_order_number": "cs_order_number", "cr_returning_customer_sk": "cs_bill_customer_sk", "cr_call_center_sk": "cs_call_center_sk"})
    ds_returns(m, "web_returns", "web_sales", scale, {"date": "ws_sold_date_sk", "item": "ws_item_sk", "number": "ws_order_number", "wr_item_sk": "ws_item_sk",
               "wr_order_number": "ws_order_number", "wr_returning_customer_sk": "ws_bill_customer_sk"})
    weeks, items = 261, ds_rows("item", scale)
    m.table("inventory", 0, {"inv_date_sk": f"{2415022 + FIRST_SALE} + (i % {weeks}) * 7", "inv_item_sk": f"1 + (i // {weeks}) % {items}",
                             "inv_warehouse_sk": f"1 + i // {weeks * items}", "inv_quantity_on_hand": m.maybe("inv_quantity_on_hand", m.whole("inv_quantity_on_hand", 0, 1000))},
            f"(SELECT i FROM range({weeks * items * 5}) r(i) WHERE hash(i, 'inv') % 100 < {max(1, min(100, int(50 * scale ** 0.5)))})")


# ---------------------------------------------------------------- TPC-H

def make_h(m, scale):
    parts, suppliers, customers, orders = int(200000 * scale), int(10000 * scale), int(150000 * scale), int(1500000 * scale)
    day = "DATE '1992-01-01' + "
    colors = "almond antique aquamarine azure beige bisque black blue blush brown chiffon coral cream cyan dark deep dim forest frosted ghost gold green grey honeydew hot indian ivory khaki lace lemon light lime linen magenta maroon medium mint misty navy olive orange orchid pale peach pink plum powder puff purple red rose rosy royal saddle salmon sandy seashell sienna sky slate smoke snow spring steel tan thistle tomato turquoise violet wheat white yellow".split()
    types = [f"{a} {b} {c}" for a in "STANDARD SMALL MEDIUM LARGE ECONOMY PROMO".split() for b in "ANODIZED BURNISHED PLATED POLISHED BRUSHED".split() for c in "TIN NICKEL BRASS STEEL COPPER".split()]
    boxes = [f"{a} {b}" for a in "SM LG MED JUMBO WRAP".split() for b in "CASE BOX BAG JAR PKG PACK CAN DRUM".split()]
    m.table("region", 5, {"r_regionkey": "i", "r_name": "(['AFRICA','AMERICA','ASIA','EUROPE','MIDDLE EAST'])[1 + i]", "r_comment": "'region'"})
    quoted = ", ".join(f"'{n}'" for n in NATIONS)
    m.table("nation", 25, {"n_nationkey": "i", "n_name": f"([{quoted}])[1 + i]", "n_regionkey": "i % 5", "n_comment": "'nation'"})
    m.table("part", parts, {"p_partkey": "i + 1", "p_name": " || ' ' || ".join(m.pick(f"color{n}", colors) for n in range(4)), "p_mfgr": f"'Manufacturer#' || {m.whole('mfgr', 1, 5)}",
            "p_brand": f"'Brand#' || {m.whole('mfgr', 1, 5)} || {m.whole('brand', 1, 5)}", "p_type": m.pick("p_type", types), "p_size": m.whole("p_size", 1, 50),
            "p_container": m.pick("p_container", boxes), "p_retailprice": m.money("p_retailprice", 2000), "p_comment": m.words("p_comment", 100000, 14)})
    phone = "CAST(10 + {n} AS VARCHAR) || '-' || lpad(CAST(i % 1000 AS VARCHAR), 3, '0') || '-555-1234'"
    m.table("supplier", suppliers, {"s_suppkey": "i + 1", "s_name": "'Supplier#' || lpad(CAST(i + 1 AS VARCHAR), 9, '0')", "s_address": m.words("s_address", 10**6, 20),
            "s_nationkey": m.whole("s_nation", 0, 24), "s_phone": phone.format(n=m.whole("s_nation", 0, 24)), "s_acctbal": m.money("s_acctbal", 10000),
            "s_comment": f"CASE WHEN {m.u('complaint')} < 0.001 THEN 'the Customer said Complaints' ELSE {m.words('s_comment', 10**6, 30)} END"})
    m.table("partsupp", parts * 4, {"ps_partkey": "i // 4 + 1", "ps_suppkey": f"1 + (i // 4 + (i % 4) * ({suppliers} // 4 + 1)) % {suppliers}", "ps_availqty": m.whole("ps_availqty", 1, 9999),
            "ps_supplycost": m.money("ps_supplycost", 1000), "ps_comment": m.words("ps_comment", 10**6, 30)})
    m.table("customer", customers, {"c_custkey": "i + 1", "c_name": "'Customer#' || lpad(CAST(i + 1 AS VARCHAR), 9, '0')", "c_address": m.words("c_address", 10**6, 20),
            "c_nationkey": m.whole("c_nation", 0, 24), "c_phone": phone.format(n=m.whole("c_nation", 0, 24)), "c_acctbal": m.money("c_acctbal", 11000) + " - 1000",
            "c_mktsegment": m.pick("c_mktsegment", "AUTOMOBILE BUILDING FURNITURE MACHINERY HOUSEHOLD".split()), "c_comment": m.words("c_comment", 10**6, 30)})
    placed = m.whole("o_orderdate", 0, 2405)
    m.table("orders", orders, {"o_orderkey": "i + 1", "o_custkey": f"1 + CAST(floor({m.u('o_custkey')} * {customers} / 3) AS INT) * 3", "o_orderstatus": m.pick("o_orderstatus", "FFOOP"),
            "o_totalprice": m.money("o_totalprice", 400000), "o_orderdate": day + placed, "o_orderpriority": m.pick("o_orderpriority", ["1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"]),
            "o_clerk": f"'Clerk#' || {m.whole('clerk', 1, 1000)}", "o_shippriority": "0", "o_comment": m.words("o_comment", 10**6, 28)})
    order, line = "(i // 4)", "i"
    ordered = m.whole("o_orderdate", 0, 2405, order)
    shipped = f"({ordered} + {m.whole('l_ship', 1, 121)})"
    m.table("lineitem", orders * 4, {"l_orderkey": f"{order} + 1", "l_partkey": m.whole("l_partkey", 1, parts), "l_suppkey": f"1 + ({m.whole('l_partkey', 1, parts)} - 1 + {m.whole('l_supp', 0, 3)} * ({suppliers} // 4 + 1)) % {suppliers}",
            "l_linenumber": "i % 4 + 1", "l_quantity": m.whole("l_quantity", 1, 50), "l_extendedprice": m.money("l_extendedprice", 95000), "l_discount": f"{m.whole('l_discount', 0, 10)} / 100.0",
            "l_tax": f"{m.whole('l_tax', 0, 8)} / 100.0", "l_returnflag": m.pick("l_returnflag", "RANN"), "l_linestatus": m.pick("l_linestatus", "OF"), "l_shipdate": day + shipped,
            "l_commitdate": f"{day}({ordered} + {m.whole('l_commit', 30, 90)})", "l_receiptdate": f"{day}({shipped} + {m.whole('l_receipt', 1, 30)})",
            "l_shipinstruct": m.pick("l_shipinstruct", ["DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN"]),
            "l_shipmode": m.pick("l_shipmode", ["AIR", "AIR REG", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB"]), "l_comment": m.words("l_comment", 10**6, 20)})
