# Databricks notebook source
users = spark.table("silver.users").groupBy("country").count()
display(users)
users.show()
