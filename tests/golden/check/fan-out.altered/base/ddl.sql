CREATE TABLE silver.trips (trip_id BIGINT NOT NULL, city STRING, fare DECIMAL(10,2));
CREATE TABLE silver.stops (trip_id BIGINT NOT NULL, stop_no INT NOT NULL, minutes INT);
ALTER TABLE silver.trips ADD CONSTRAINT trips_pk PRIMARY KEY (trip_id);
ALTER TABLE silver.stops ADD CONSTRAINT stops_pk PRIMARY KEY (trip_id, stop_no) NOT ENFORCED;
ALTER TABLE silver.stops ADD CONSTRAINT stops_fk FOREIGN KEY (trip_id) REFERENCES silver.trips (trip_id);
ALTER TABLE silver.trips ADD CONSTRAINT fares CHECK (fare >= 0);
