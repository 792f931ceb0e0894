import re

import pandas as pd
from pyspark.sql import functions as F
from pyspark.sql.functions import pandas_udf
from pyspark.sql.types import ArrayType, FloatType, StringType

from common.spark_session import get_spark

spark = get_spark("text_features")
MODEL = "all-MiniLM-L6-v2"


@pandas_udf(ArrayType(FloatType()))
def embed(texts: pd.Series) -> pd.Series:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(MODEL)
    return pd.Series(model.encode(texts.fillna("").tolist()).tolist())


@F.udf(StringType())
def strip_signature(text):
    if text is None:
        return None
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if re.match(r"^(--|best regards|mit freundlichen)", line.strip().lower()):
            return "\n".join(lines[:i])
    return text


notes = spark.table("telco.silver.support_tickets").where("note IS NOT NULL")
embedded = notes.select("ticket_id", "customer_id", embed(strip_signature("note")).alias("embedding"))
embedded.write.mode("overwrite").saveAsTable("telco.ml.ticket_embeddings")
