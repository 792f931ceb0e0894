CONFIG = {
    "source": {"schema": "sales", "table": "orders"},
    "columns": ["customer_id", "status", "order_date"],
    "required": ["status"],
    "target": "silver.order_states",
}


def run(config):
    source = config["source"]
    df = spark.read.table(f"{source['schema']}.{source['table']}").select(*config["columns"])
    for column in config["required"]:
        df = df.filter(df[column].isNotNull())
    df.distinct().write.mode("overwrite").saveAsTable(config["target"])


run(CONFIG)
