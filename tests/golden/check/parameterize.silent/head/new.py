spark.table("silver.orders").filter("status = 'lost'").groupBy("coupon").count().write.mode("overwrite").saveAsTable("gold.lost_coupons")
