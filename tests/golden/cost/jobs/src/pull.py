# Databricks notebook source
spark.table("elsewhere.unknown").write.mode("append").saveAsTable("gold.pulled")
