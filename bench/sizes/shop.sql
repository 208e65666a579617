-- Indexes on the shop workload whose predicted size is compared with the one that is built.

-- B-trees on one column.
CREATE INDEX ON shop.orders (customer_id);
CREATE INDEX ON shop.orders (placed_at DESC);
CREATE INDEX ON shop.orders (delivered_at);
CREATE INDEX ON shop.orders (status);
CREATE INDEX ON shop.orders (channel);
CREATE INDEX ON shop.orders (total_cents);
CREATE INDEX ON shop.orders (address_id);
CREATE INDEX ON shop.orders (note);
CREATE INDEX ON shop.order_line (product_id);
CREATE INDEX ON shop.order_line (quantity);
CREATE INDEX ON shop.order_line (unit_cents);
CREATE INDEX ON shop.payment (order_id);
CREATE INDEX ON shop.payment (batch_no);
CREATE INDEX ON shop.payment (method);
CREATE INDEX ON shop.payment (amount_cents);
CREATE INDEX ON shop.payment (provider_ref text_pattern_ops);
CREATE INDEX ON shop.shipment (place_no);
CREATE INDEX ON shop.shipment (carrier);
CREATE INDEX ON shop.order_event (order_id);
CREATE INDEX ON shop.order_event (kind);
CREATE INDEX ON shop.order_event (occurred_at);
CREATE INDEX ON shop.order_event (detail);
CREATE INDEX ON "Lager Süd"."Bestand" ("Charge");
CREATE INDEX ON "Lager Süd"."Bestand" ("Maß ""Zoll""");
CREATE INDEX ON "Lager Süd"."Bestand" ("geprüft am");
CREATE INDEX ON shop.customer (phone);
CREATE INDEX ON shop.customer (country_code);
CREATE INDEX ON shop.customer_address (postcode);
CREATE INDEX ON shop.review (title);
CREATE INDEX ON shop.session (last_seen_at);
CREATE INDEX ON shop.ticket (subject);
CREATE INDEX ON shop.job (payload);
CREATE INDEX ON shop_archive.orders (invoice_no);

-- Several columns.
CREATE INDEX ON shop.orders (customer_id, placed_at DESC);
CREATE INDEX ON shop.orders (status, priority DESC, placed_at);
CREATE INDEX ON shop.orders (customer_id, status);
CREATE INDEX ON shop.orders (channel, status);
CREATE INDEX ON shop.order_line (product_id, order_id);
CREATE INDEX ON shop.payment (state, paid_at);
CREATE INDEX ON shop.payment (method, state);
CREATE INDEX ON shop.shipment (carrier, shipped_at);
CREATE INDEX ON shop.order_event (order_id, occurred_at);
CREATE INDEX ON shop.order_event (kind, occurred_at);
CREATE INDEX ON shop.review (product_id, stars);
CREATE INDEX ON shop.support_message (tenant_id, sent_at);
CREATE INDEX ON shop.ticket (tenant_id, status, created_at);
CREATE UNIQUE INDEX ON shop.session (client, token);

-- INCLUDE.
CREATE INDEX ON shop.orders (customer_id) INCLUDE (total_cents, status);
CREATE INDEX ON shop.order_line (product_id) INCLUDE (quantity, unit_cents);
CREATE INDEX ON shop_archive.order_line (product_id) INCLUDE (article);

-- Partial.
CREATE INDEX ON shop.orders (placed_at) WHERE status IN ('placed', 'paid', 'packed', 'shipped');
CREATE INDEX ON shop.orders (customer_id) WHERE delivered_at IS NULL;
CREATE INDEX ON shop.orders (customer_id) WHERE note IS NOT NULL;
CREATE INDEX ON shop.payment (paid_at) WHERE state = 'refunded';
CREATE INDEX ON shop.order_event (order_id) WHERE detail IS NOT NULL;
CREATE INDEX ON shop.order_event (occurred_at) WHERE kind = 'cancelled';
CREATE INDEX ON shop.job (run_at) WHERE state = 'done';

-- Expressions.
CREATE INDEX ON shop.shipment (lower(tracking_code));
CREATE INDEX ON shop.payment (upper(provider_ref));
CREATE INDEX ON shop.customer (lower(display_name));
CREATE INDEX ON shop.orders ((total_cents / 1000));
CREATE INDEX ON shop.order_event ((detail ->> 'by'));

-- Partitions.
CREATE INDEX ON shop.site_event (customer_id);
CREATE INDEX ON shop.site_event (session_no, occurred_at);

-- Other access methods.
CREATE INDEX ON shop.orders USING hash (customer_id);
CREATE INDEX ON shop.payment USING hash (provider_ref);
CREATE INDEX ON shop.order_event USING hash (order_id);
CREATE INDEX ON shop.session USING hash (token);
CREATE INDEX ON shop.ticket USING hash (status);
CREATE INDEX ON shop.order_event USING brin (occurred_at);
CREATE INDEX ON shop.order_line USING brin (order_id);
CREATE INDEX ON shop.order_event USING brin (kind);
CREATE INDEX ON shop.payment USING brin (paid_at, provider_ref);
CREATE INDEX ON shop.order_event USING gin (detail);
CREATE INDEX ON shop.order_event USING gin (detail jsonb_path_ops);
CREATE INDEX ON shop.job USING gin (payload);
CREATE INDEX ON shop.product USING gin (attributes);
CREATE INDEX ON shop.product USING gin (tags);
CREATE INDEX ON shop.ticket USING gin (tags);
CREATE INDEX ON shop.support_message USING gin (to_tsvector('simple', body));
CREATE INDEX ON shop.review USING gin (title gin_trgm_ops);
CREATE INDEX ON shop.customer USING gin (display_name gin_trgm_ops);
CREATE INDEX ON shop.orders USING gist (tstzrange(placed_at, delivered_at));
CREATE INDEX ON shop.orders USING spgist (tstzrange(placed_at, delivered_at));
CREATE INDEX ON shop.shipment USING spgist (tracking_code);
CREATE INDEX ON shop.customer USING gist (display_name gist_trgm_ops);
