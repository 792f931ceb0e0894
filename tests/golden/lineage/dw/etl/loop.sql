CREATE TABLE loop.a AS SELECT x, y FROM loop.b;
CREATE TABLE loop.b AS SELECT x + 1 AS x, y FROM loop.a;
