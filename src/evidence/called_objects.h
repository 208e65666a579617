#pragma once

// What the server's own catalog says about whatever a statement may call. Every query is written with names of
// pg_catalog and has to run with that as its search path.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "pg/session.h"
#include "pgassay/units.h"
#include "sql/read_only.h"

namespace pgassay::evidence {

// Oids of one server, by catalog.
struct CalledOids {
  std::vector<Oid> relations;
  std::vector<Oid> functions;
  std::vector<Oid> operators;
  std::vector<Oid> types;
  bool empty() const { return relations.empty() && functions.empty() && operators.empty() && types.empty(); }
};

struct CalledRelation {
  Oid oid;
  char kind = 'r';  // pg_class.relkind
  std::string name;
};

struct CalledFunction {
  Oid oid;
  char volatility = 'v';  // pg_proc.provolatile
  std::string schema;
  std::string name;
  std::string language;
  bool trusted_language = false;
  bool configured = false;  // it changes settings while it runs (proconfig)
  std::string extension;    // that it belongs to; empty: none
  std::string body;         // of an SQL function whose body is text
  bool builtin = false;     // made by initdb
};

// What a round of looking found, and what those objects call in turn.
struct Called {
  std::vector<CalledRelation> relations;
  std::vector<CalledFunction> functions;
  std::string unknown;      // a relation or function that does not exist; empty: all do
  bool locks_rows = false;  // a view has FOR UPDATE in it
  CalledOids calls;
};

// What the names may mean for a session with these schemas on its search path, the first one first. Of functions and
// operators every overloaded one: which of them a call means is not decided here. `unknown` is set to a relation that
// does not exist.
absl::StatusOr<CalledOids> Resolve(const sql::CalledNames& names, const std::vector<std::string>& path,
                                   pg::Session& session, std::string& unknown);

// Looks at the objects. Relations tell what their views, policies and indexes call, and the tables that inherit from
// them; functions what their bodies and, of aggregates, their support functions are; types their domain's conditions.
absl::StatusOr<Called> LookUp(const CalledOids& oids, pg::Session& session);

// Functions of the database's own casts, which PostgreSQL calls without being told to.
absl::StatusOr<std::vector<Oid>> CastFunctions(pg::Session& session);

}  // namespace pgassay::evidence
