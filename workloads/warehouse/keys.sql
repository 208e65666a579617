-- Foreign keys, added after the rows: one join each instead of one check a row.
ALTER TABLE mart.city ADD FOREIGN KEY (region_id) REFERENCES mart.region;
ALTER TABLE mart.site ADD FOREIGN KEY (city_id) REFERENCES mart.city, ADD FOREIGN KEY (region_id) REFERENCES mart.region;
ALTER TABLE mart.charger_model ADD FOREIGN KEY (maker_id) REFERENCES mart.maker;
ALTER TABLE mart.charger
    ADD FOREIGN KEY (site_id) REFERENCES mart.site, ADD FOREIGN KEY (model_id) REFERENCES mart.charger_model;
ALTER TABLE mart.tariff ADD FOREIGN KEY (family_id) REFERENCES mart.tariff_family;
ALTER TABLE mart.account
    ADD FOREIGN KEY (segment_id) REFERENCES mart.segment, ADD FOREIGN KEY (city_id) REFERENCES mart.city,
    ADD FOREIGN KEY (referred_by) REFERENCES mart.account;
ALTER TABLE mart.card
    ADD FOREIGN KEY (account_id) REFERENCES mart.account,
    ADD FOREIGN KEY (vehicle_model_id) REFERENCES mart.vehicle_model;
ALTER TABLE mart.technician
    ADD FOREIGN KEY (region_id) REFERENCES mart.region, ADD FOREIGN KEY (lead_id) REFERENCES mart.technician;
ALTER TABLE mart.charge
    ADD FOREIGN KEY (day) REFERENCES mart.day, ADD FOREIGN KEY (charger_id) REFERENCES mart.charger,
    ADD FOREIGN KEY (site_id) REFERENCES mart.site, ADD FOREIGN KEY (card_id) REFERENCES mart.card,
    ADD FOREIGN KEY (tariff_id) REFERENCES mart.tariff;
ALTER TABLE mart.invoice_line
    ADD FOREIGN KEY (account_id) REFERENCES mart.account, ADD FOREIGN KEY (tariff_id) REFERENCES mart.tariff,
    ADD FOREIGN KEY (billed_on) REFERENCES mart.day;
ALTER TABLE mart.site_day ADD FOREIGN KEY (site_id) REFERENCES mart.site, ADD FOREIGN KEY (day) REFERENCES mart.day;
ALTER TABLE mart.fault
    ADD FOREIGN KEY (charger_id) REFERENCES mart.charger, ADD FOREIGN KEY (technician_id) REFERENCES mart.technician;
ALTER TABLE mart.feedback
    ADD FOREIGN KEY (site_id) REFERENCES mart.site, ADD FOREIGN KEY (account_id) REFERENCES mart.account;

-- Useful: joins from sites to their chargers, and accounts by the number on the bill.
CREATE INDEX charger_site_id_idx ON mart.charger (site_id);
CREATE UNIQUE INDEX account_number_idx ON mart.account (number);
-- The first one is a prefix of the second.
CREATE INDEX card_account_id_idx ON mart.card (account_id);
CREATE INDEX card_account_id_issued_on_idx ON mart.card (account_id, issued_on);
-- Useless: five values, and nobody asks for one of them alone.
CREATE INDEX feedback_language_idx ON mart.feedback (language);
