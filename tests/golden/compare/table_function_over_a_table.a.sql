SELECT * FROM score(TABLE(SELECT amount, discount FROM orders WHERE amount > 1 AND amount > 0), 2)
