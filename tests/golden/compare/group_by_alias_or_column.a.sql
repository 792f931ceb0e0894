select a as b, sum(c) as s from t group by b, a
