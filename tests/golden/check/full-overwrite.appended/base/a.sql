INSERT INTO bronze.log SELECT id, at, kind FROM landing.log;
INSERT INTO bronze.seen SELECT id FROM landing.log;
MERGE INTO bronze.seen t USING landing.fixes s ON t.id = s.id WHEN MATCHED THEN DELETE;
INSERT INTO bronze.tiny SELECT id FROM landing.tiny;
