create or replace view gold.cities as select city, count(*) as n, count(distinct phone) as phones from silver.people group by city;
create or replace view gold.hashed as select person_id, sha2(phone, 256) as phone_hash from silver.people;
