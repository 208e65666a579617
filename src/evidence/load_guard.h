#pragma once

// Whether a server may be given more to do.

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "evidence/read_only_proof.h"
#include "pg/session.h"

namespace pgassay::evidence {

// For one connection; asked before each statement.
class LoadGuard {
 public:
  LoadGuard(pg::Session& session, int max_active) : session_(session), max_active_(max_active) {}

  // Refuses above the limit of other sessions at work - one whose state may not be seen counts as one - and on a
  // standby whose replay waits for queries, has cancelled one since the first look, or is far behind. Outside of a
  // transaction.
  absl::StatusOr<Verdict> Look();

 private:
  pg::Session& session_;
  const int max_active_;
  std::optional<std::int64_t> conflicts_;
};

}  // namespace pgassay::evidence
