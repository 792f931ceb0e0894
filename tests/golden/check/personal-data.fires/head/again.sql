create or replace view gold.phones as select person_id, phone as contact_number from silver.people where city = 'Bern';
