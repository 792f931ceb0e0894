import operator
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import functions as F


@dataclass
class Source:
    table: str
    columns: list
    least: int = 0


def load(source, *checks, **options):
    df = spark.table(source.table).select(*source.columns)
    return df.filter(reduce(operator.and_, checks)).join(options["with_"], **options["how"])


def pipeline(*args, **kwargs):
    return load(*args, **kwargs)


steps = {"cut": lambda df, low: df.filter(F.col("amount") > low)}
source = Source("sales.orders", ["order_id", "amount", "customer_id"], least=30)
orders = pipeline(
    source,
    F.col("amount").isNotNull(),
    F.col("customer_id").isNotNull(),
    with_=spark.table("sales.customers").select("customer_id", "country"),
    how={"on": "customer_id", "how": "left"},
)
for name in ["cut"]:
    orders = steps[name](orders, low=source.least)
orders.write.saveAsTable("silver.orders_by_country")
