#pragma once

// Reads the system catalog into a snapshot.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "pg/catalog_queries.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"

namespace pgassay::pg {

// A key column of an index as SQL, for ORDER BY clauses that this index serves.
struct KeySql {
  std::string expression;  // quoted column, or expression in parentheses
  std::string collation;   // " COLLATE s.n", empty for a type without collation
  std::string less;  // the operator class's operators as " USING OPERATOR(s.<)"; empty for the type's default class
  std::string greater;
  bool descending = false;
  bool nulls_first = false;
  friend auto operator<=>(const KeySql&, const KeySql&) = default;
};

// What the capture needs to know beyond the snapshot.
struct CatalogDetails {
  bool statistics_readable = false;  // may SELECT pg_statistic
  bool extended_readable = false;    // may SELECT pg_statistic_ext_data
  bool superuser = false;
  std::set<Oid> row_security_active;  // tables of which policies hide rows from this session
  std::set<Oid> extension_views;      // views that belong to extensions
  std::set<Oid> foreign_code;         // tables whose planning would run code of somebody else with a superuser's rights
  std::map<Oid, std::vector<KeySql>> keys;  // by index
};

// All readers expect an open read-only transaction with kValueFormatSql in force, except for ReadSettings.

std::vector<Setting> ReadSettings(const Result& rows);

// Identity of server and database. FailedPrecondition where the block size is not kPageBytes.
absl::Status ReadIdentity(const CatalogQueries& queries, Session& session, Snapshot& snapshot, CatalogDetails& details);

// Tables with sizes and counters, without columns.
absl::Status ReadRelations(const CatalogQueries& queries, Session& session, Snapshot& snapshot,
                           CatalogDetails& details);

// Columns, indexes, constraints, stored settings, extensions; adds what the index probes need to `details`.
absl::Status ReadCatalog(const CatalogQueries& queries, Session& session, Snapshot& snapshot, CatalogDetails& details);

// `name` in double quotes, whatever it is.
std::string Quoted(std::string_view name);

// "schema"."name"
std::string Quoted(const QualifiedName& name);

// schema.name with quotes where they are needed, for messages.
std::string NameForMessage(const QualifiedName& name);

}  // namespace pgassay::pg
