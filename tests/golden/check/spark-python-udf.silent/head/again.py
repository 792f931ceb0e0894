import re
from pyspark.sql import functions as F
from pyspark.sql.functions import pandas_udf
import pandas as pd


@F.udf("string")
def normalize(name):
    name = re.sub(r"[^a-z]", "", (name or "").lower())
    return {"dach": "de", "uk": "gb"}.get(name, name)


@pandas_udf("double")
def scaled(x: pd.Series) -> pd.Series:
    return (x - x.mean()) / x.std()


spark.table("silver.users").select("user_id", normalize("country").alias("country")).write.mode("overwrite").saveAsTable("silver.users_clean")
