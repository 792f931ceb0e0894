for country in ['DE', 'FR', 'IT']:
    spark.table('silver.users').filter(f"country = '{country}'").write.mode('append').saveAsTable('gold.users_of')
