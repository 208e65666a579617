#include "twin/roles.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "cluster/server.h"

namespace pgassay::twin {
namespace {

bool IsFatal(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

// PostgreSQL and the twin itself keep these names.
bool IsReserved(std::string_view name) {
  return name.empty() || name.starts_with("pg_") || name == cluster::kSuperuser || name == kOwner || name == kPlanner ||
         name == "public" || name == "none";
}

// Whoever runs a statement on the source may read what it reads, so here everybody may read everything; which rows a
// role sees is decided by policies. Not by membership in pg_read_all_data, which a role with NOINHERIT would not use.
constexpr std::string_view kOpenSql = R"(
  DO $$
  DECLARE
    schema text;
  BEGIN
    FOR schema IN SELECT quote_ident(nspname) FROM pg_catalog.pg_namespace
                  WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
    LOOP
      EXECUTE 'GRANT USAGE ON SCHEMA ' || schema || ' TO PUBLIC';
      EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ' || schema || ' TO PUBLIC';
      EXECUTE 'GRANT USAGE ON ALL SEQUENCES IN SCHEMA ' || schema || ' TO PUBLIC';
    END LOOP;
  END
  $$
)";

// Tables of which role $1 sees no row: it does not own them, and no permissive policy for reading is for it (the
// conditions of check_enable_rls and of check_role_for_policy in src/backend).
constexpr std::string_view kUnseenSql = R"(
  SELECT n.nspname, c.relname
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relrowsecurity AND (c.relforcerowsecurity OR NOT pg_catalog.pg_has_role($1::name, c.relowner, 'USAGE'))
    AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_policy AS p CROSS JOIN pg_catalog.unnest(p.polroles) AS r(oid)
      WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd IN ('*', 'r')
        AND CASE WHEN r.oid = 0 THEN true ELSE pg_catalog.pg_has_role($1::name, r.oid, 'USAGE') END)
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
)";

std::string CreateSql(const Role& role) {
  const std::string name = QuoteIdentifier(role.name);
  return absl::StrCat("CREATE ROLE ", name, " NOLOGIN", role.inherit ? "" : " NOINHERIT",
                      role.superuser || role.bypass_row_security ? " BYPASSRLS" : "", "; GRANT ", name, " TO ",
                      std::string(kPlanner), ", ", std::string(kOwner));
}

absl::Status AddMemberships(const Snapshot& snapshot, const std::set<std::string>& roles, pg::Session& superuser) {
  for (const Role& role : snapshot.roles) {
    if (!roles.contains(role.name)) continue;
    for (const std::string& group : role.member_of) {
      if (!roles.contains(group)) continue;
      // A circle of memberships cannot come from a server; from a forged capture it is refused here and left out.
      const absl::Status granted =
          superuser.Execute(absl::StrCat("GRANT ", QuoteIdentifier(group), " TO ", QuoteIdentifier(role.name)));
      if (IsFatal(granted)) return granted;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::set<std::string>> CreateRoles(const Snapshot& snapshot, pg::Session& superuser) {
  PGASSAY_RETURN_IF_ERROR(superuser.Execute(absl::StrCat("CREATE ROLE ", std::string(kOwner), " LOGIN; CREATE ROLE ",
                                                         std::string(kPlanner), " LOGIN NOINHERIT BYPASSRLS")));
  std::set<std::string> created;
  std::vector<Role> roles = snapshot.roles;
  // A capture always knows the role that made it, also where it could not read the others.
  if (snapshot.FindRole(snapshot.user) == nullptr)
    roles.push_back({.name = snapshot.user, .bypass_row_security = true});
  for (const Role& role : roles) {
    if (IsReserved(role.name) || created.contains(role.name)) continue;
    const absl::Status made = superuser.Execute(CreateSql(role));
    if (IsFatal(made)) return made;
    if (made.ok()) created.insert(role.name);
  }
  PGASSAY_RETURN_IF_ERROR(AddMemberships(snapshot, created, superuser));
  return created;
}

absl::Status OpenToEverybody(pg::Session& superuser) {
  return superuser.Execute(kOpenSql);
}

absl::Status SetOwners(const Snapshot& snapshot, const Names& names, const std::set<std::string>& roles,
                       pg::Session& superuser) {
  std::map<std::string, std::string> by_owner;  // OIDs of tables, as an array's elements
  for (const Relation& relation : snapshot.relations) {
    const TwinOid oid = names.ToTwin(relation.oid);
    if (oid.value == 0 || !roles.contains(relation.owner)) continue;
    std::string& oids = by_owner[relation.owner];
    absl::StrAppend(&oids, oids.empty() ? "" : ",", oid.value);
  }
  for (const auto& [owner, oids] : by_owner) {
    // ALTER TABLE ... OWNER TO would need the owner's right to create in the schema.
    PGASSAY_RETURN_IF_ERROR(superuser.Execute(
        absl::StrCat("UPDATE pg_catalog.pg_class SET relowner = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ",
                     QuoteLiteral(owner), ") WHERE oid = ANY ('{", oids,
                     "}'::oid[]) OR oid IN (SELECT indexrelid FROM "
                     "pg_catalog.pg_index WHERE indrelid = ANY ('{",
                     oids, "}'::oid[]))")));
  }
  for (const View& view : snapshot.views) {
    if (!roles.contains(view.owner)) continue;
    const std::optional<std::string> parameters[] = {view.owner, view.name.schema, view.name.name};
    const absl::Status sent =
        superuser
            .Query(
                "UPDATE pg_catalog.pg_class SET relowner = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $1) "
                "WHERE relkind = 'v' AND oid >= 16384 AND relname = $3 AND relnamespace = (SELECT oid FROM "
                "pg_catalog.pg_namespace "
                "WHERE nspname = $2)",
                parameters)
            .status();
    PGASSAY_RETURN_IF_ERROR(sent);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<QualifiedName>> OpenUnseenTables(const Snapshot& snapshot,
                                                            const std::set<std::string>& roles,
                                                            pg::Session& superuser) {
  std::vector<QualifiedName> opened;
  const Role* const role = snapshot.FindRole(snapshot.user);
  if (role == nullptr || role->superuser || role->bypass_row_security || !roles.contains(role->name)) return opened;
  const std::optional<std::string> parameters[] = {role->name};
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result unseen, superuser.Query(kUnseenSql, parameters));
  for (std::size_t row = 0; row < unseen.rows(); ++row) {
    QualifiedName name{unseen.Text(row, 0), unseen.Text(row, 1)};
    const absl::Status made = superuser.Execute(
        absl::StrCat("CREATE POLICY pgassay_reader ON ", QuoteIdentifier(name.schema), ".", QuoteIdentifier(name.name),
                     " TO ", QuoteIdentifier(role->name), " USING (true)"));
    if (IsFatal(made)) return made;
    if (made.ok()) opened.push_back(std::move(name));  // otherwise the schema has a policy of that name
  }
  return opened;
}

}  // namespace pgassay::twin
