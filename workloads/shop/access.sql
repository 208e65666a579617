-- Roles, rights and row level security. Included by schema.sql. Roles belong to the whole
-- cluster: one that exists is taken as it is, and BYPASSRLS needs a superuser.
SET client_min_messages = warning;

SELECT 'CREATE ROLE ' || name || ' ' || options
FROM (VALUES ('shop_app', 'LOGIN NOINHERIT'), ('shop_agent', 'NOLOGIN'), ('shop_reporting', 'LOGIN BYPASSRLS'),
             ('shop_archivist', 'LOGIN')) AS r (name, options)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

-- The application becomes an agent by SET LOCAL ROLE; NOINHERIT keeps it from being one otherwise.
GRANT shop_agent TO shop_app;

ALTER ROLE shop_archivist SET search_path = shop_archive;
ALTER ROLE shop_reporting IN DATABASE :"DBNAME" SET work_mem = '16MB';
-- No tenant has this number: an agent who has not said whose sees nothing.
ALTER DATABASE :"DBNAME" SET app.tenant = '0';

GRANT USAGE ON SCHEMA shop, "Lager Süd" TO shop_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA shop, "Lager Süd" TO shop_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA shop TO shop_app;

GRANT USAGE ON SCHEMA shop TO shop_agent;
GRANT SELECT ON shop.ticket, shop.support_message, shop.tenant, shop.customer, shop.agent_ticket TO shop_agent;
GRANT INSERT ON shop.support_message TO shop_agent;
GRANT UPDATE (status, tags, updated_at) ON shop.ticket TO shop_agent;
GRANT USAGE ON SEQUENCE shop.support_message_id_seq TO shop_agent;

GRANT USAGE ON SCHEMA shop, "Lager Süd", shop_archive TO shop_reporting;
GRANT SELECT ON ALL TABLES IN SCHEMA shop, "Lager Süd", shop_archive TO shop_reporting;

GRANT USAGE ON SCHEMA shop_archive TO shop_archivist;
GRANT SELECT ON ALL TABLES IN SCHEMA shop_archive TO shop_archivist;

ALTER TABLE shop.ticket ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.support_message ENABLE ROW LEVEL SECURITY;

CREATE POLICY ticket_of_app ON shop.ticket TO shop_app USING (true);
CREATE POLICY message_of_app ON shop.support_message TO shop_app USING (true);

CREATE POLICY ticket_of_tenant ON shop.ticket TO shop_agent
    USING (tenant_id = current_setting('app.tenant')::int);
CREATE POLICY message_of_tenant ON shop.support_message TO shop_agent
    USING (tenant_id = current_setting('app.tenant')::int);
-- What is closed stays closed.
CREATE POLICY closed_ticket_stays ON shop.ticket AS RESTRICTIVE FOR UPDATE TO shop_agent
    USING (status <> 'closed');
