# Databricks notebook source
import lightgbm as lgb
import mlflow
from sklearn.metrics import roc_auc_score

# COMMAND ----------
pdf = spark.table("telco.ml.churn_training").sample(0.2, seed=42).toPandas()
test_from = pdf["as_of"].max()
train, test = pdf[pdf["as_of"] < test_from], pdf[pdf["as_of"] == test_from]
columns = [c for c in pdf.columns if c not in ("customer_id", "as_of", "label")]

# COMMAND ----------
with mlflow.start_run(run_name="lgbm"):
    params = {"objective": "binary", "learning_rate": 0.05, "num_leaves": 63}
    model = lgb.train(params, lgb.Dataset(train[columns], train["label"]), num_boost_round=400)
    auc = roc_auc_score(test["label"], model.predict(test[columns]))
    mlflow.log_params(params)
    mlflow.log_metric("auc", auc)
    mlflow.lightgbm.log_model(model, "model", registered_model_name="telco.ml.churn")
print(auc)
