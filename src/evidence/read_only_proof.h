#pragma once

// Whether running a statement can change anything. The transaction is read-only as well, but PostgreSQL does not count
// everything that has an effect as a write: pg_terminate_backend, dblink, advisory locks. So whatever a statement may
// call is followed through the server's own catalog - overloaded functions and operators by name, views, policies,
// SQL functions, casts and domains by what PostgreSQL stored of them - and has to be known as harmless. What is not
// known is refused.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "evidence/called_objects.h"
#include "pg/session.h"

namespace pgassay::evidence {

struct Verdict {
  std::string code;    // of advice/reason_codes.h; empty: it only reads
  std::string reason;  // a sentence
  bool ok() const { return code.empty(); }
};

// For one connection and thread. Functions that were judged are remembered.
class ReadOnlyProof {
 public:
  explicit ReadOnlyProof(pg::Session& session) : session_(session) {}

  // In a transaction whose search path is pg_catalog; the statement will run with the schemas of `path`. The outer
  // error means that the catalog could not be read.
  absl::StatusOr<Verdict> Judge(std::string_view statement, const std::vector<std::string>& path);

 private:
  struct Walk;
  absl::StatusOr<Verdict> Follow(Walk& walk);
  Verdict JudgeFunction(const CalledFunction& function) const;
  absl::StatusOr<Verdict> JudgeBody(const CalledFunction& function, Walk& walk);

  pg::Session& session_;
  std::set<Oid> harmless_;  // functions
};

}  // namespace pgassay::evidence
