-- Indexes on the warehouse workload whose predicted size is compared with the one that is built.

-- B-trees on one column.
CREATE INDEX ON mart.charge (started_at);
CREATE INDEX ON mart.charge (day);
CREATE INDEX ON mart.charge (charger_id);
CREATE INDEX ON mart.charge (site_id);
CREATE INDEX ON mart.charge (card_id);
CREATE INDEX ON mart.charge (watt_hours);
CREATE INDEX ON mart.charge (stop_reason);
CREATE INDEX ON mart.charge (state);
CREATE INDEX ON mart.invoice_line (invoice_no);
CREATE INDEX ON mart.invoice_line (account_id);
CREATE INDEX ON mart.invoice_line (billed_on);
CREATE INDEX ON mart.invoice_line (cents);
CREATE INDEX ON mart.invoice_line (paid_on);
CREATE INDEX ON mart.invoice_line (memo);
CREATE INDEX ON mart.site_day (day);
CREATE INDEX ON mart.site_day (watt_hours);
CREATE INDEX ON mart.fault (code);
CREATE INDEX ON mart.fault (cost_cents);
CREATE INDEX ON mart.fault (closed_at);
CREATE INDEX ON mart.feedback (account_id);
CREATE INDEX ON mart.feedback (answered_at);
CREATE INDEX ON mart.account (email);
CREATE INDEX ON mart.card (code);

-- Several columns.
CREATE INDEX ON mart.charge (site_id, day);
CREATE INDEX ON mart.charge (card_id, started_at DESC);
CREATE INDEX ON mart.charge (state, stop_reason);
CREATE INDEX ON mart.charge (tariff_id, day);
CREATE INDEX ON mart.invoice_line (account_id, billed_on);
CREATE INDEX ON mart.invoice_line (kind, paid_on);
CREATE INDEX ON mart.site_day (day, site_id);
CREATE INDEX ON mart.fault (charger_id, opened_at);
CREATE INDEX ON mart.feedback (language, stars, posted_at);

-- INCLUDE.
CREATE INDEX ON mart.charge (day) INCLUDE (cents, watt_hours);
CREATE INDEX ON mart.charge (site_id, day) INCLUDE (stop_reason);
CREATE INDEX ON mart.invoice_line (account_id) INCLUDE (cents, paid_on);
CREATE INDEX ON mart.site_day (day) INCLUDE (occupied_minutes, down_minutes);

-- Partial.
CREATE INDEX ON mart.charge (started_at) WHERE card_id IS NULL;
CREATE INDEX ON mart.invoice_line (account_id) WHERE paid_on IS NULL;
CREATE INDEX ON mart.invoice_line (billed_on) WHERE reminders > 0;
CREATE INDEX ON mart.fault (opened_at) WHERE closed_at IS NULL;
CREATE INDEX ON mart.feedback (posted_at) WHERE deleted_at IS NULL;

-- Expressions.
CREATE INDEX ON mart.account (lower(email));
CREATE INDEX ON mart.account (lower(name));
CREATE INDEX ON mart.charge ((cents / 100));

-- Other access methods.
CREATE INDEX ON mart.charge USING hash (card_id);
CREATE INDEX ON mart.invoice_line USING hash (invoice_no);
CREATE INDEX ON mart.card USING hash (code);
CREATE INDEX ON mart.charge USING brin (started_at);
CREATE INDEX ON mart.charge USING brin (day, site_id);
CREATE INDEX ON mart.fault USING brin (opened_at);
CREATE INDEX ON mart.fault USING gin (labels);
CREATE INDEX ON mart.fault USING gin (detail);
CREATE INDEX ON mart.fault USING gin (detail jsonb_path_ops);
CREATE INDEX ON mart.account USING gin (preferences);
CREATE INDEX ON mart.fault USING gin (to_tsvector('simple', description));
CREATE INDEX ON mart.feedback USING gin (body gin_trgm_ops);
CREATE INDEX ON mart.fault USING gist (tstzrange(opened_at, closed_at));
CREATE INDEX ON mart.account USING spgist (email);
