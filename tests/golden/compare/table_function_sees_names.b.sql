SELECT * FROM score(TABLE(SELECT discount AS amount, amount AS discount FROM orders), 2)
