#pragma once

// The SQL with which a capture reads the system catalog.

#include <string_view>

namespace pgassay::pg {

// Stands inside every SELECT that a capture sends, so that the next capture knows them again in pg_stat_statements,
// which keeps comments within a statement.
inline constexpr std::string_view kOwnMarker = "/* pgassay */";

// Each query returns the columns in the order that its reader (capture_catalog.cc, capture_statistics.cc) names. All
// expect the settings of value_format.h: names that are not in pg_catalog come out qualified. Every query is one
// statement without parameters, carries kOwnMarker, and takes no lock on user tables beyond a passing ACCESS SHARE.
struct CatalogQueries {
  std::string_view settings;  // before any setting is changed
  std::string_view identity;
  std::string_view system_identifier;  // only where identity says that it may be called
  std::string_view relations;          // with sizes and counters
  std::string_view columns;
  std::string_view indexes;     // with sizes and counters
  std::string_view index_keys;  // key columns only
  std::string_view constraints;
  std::string_view statistics;           // pg_statistic, where it may be read
  std::string_view visible_statistics;   // pg_stats
  std::string_view extended_statistics;  // definitions, which everybody may read
  std::string_view extended_groups;      // pg_statistic_ext_data, also the two below, where it may be read
  std::string_view extended_values;
  std::string_view extended_expressions;
  std::string_view role_settings;
  std::string_view extensions;
  std::string_view views;
  std::string_view roles;         // without predefined ones
  std::string_view memberships;   // direct ones of those roles
  std::string_view foreign_code;  // tables whose planning runs functions of roles that are no superusers
  std::string_view locks;         // who holds ACCESS EXCLUSIVE locks on tables of this database
};

// The major versions of the servers that a capture can read.
inline constexpr int kOldestServer = 15;
inline constexpr int kNewestServer = 18;

// The queries for `server_version` (server_version_num); nullptr where it is not supported.
const CatalogQueries* FindCatalogQueries(int server_version);

}  // namespace pgassay::pg
