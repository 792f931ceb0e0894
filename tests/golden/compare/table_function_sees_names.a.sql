SELECT * FROM score(TABLE(SELECT amount, discount FROM orders), 2)
