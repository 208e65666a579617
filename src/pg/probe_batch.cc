#include "pg/probe_batch.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"

namespace pgassay::pg {
namespace {

// Statements in one message. Each locks its table and all its indexes until the savepoint is rolled back, and the
// server's lock table has room for some thousands by default.
constexpr std::size_t kBatch = 64;

constexpr char kRollback[] = "ROLLBACK TO SAVEPOINT pgassay_probe; RELEASE SAVEPOINT pgassay_probe";

bool IsFatal(const Session& session, const absl::Status& status) {
  return !session.connected() || absl::IsCancelled(status);
}

absl::StatusOr<std::vector<Result>> RunBatch(Session& session, std::span<const std::string> settings,
                                             std::span<const std::string> statements) {
  absl::StatusOr<std::vector<Result>> results =
      session.QueryScript(absl::StrCat("SAVEPOINT pgassay_probe; ", absl::StrJoin(settings, "; "),
                                       settings.empty() ? "" : "; ", absl::StrJoin(statements, "; "), "; ", kRollback));
  if (!results.ok()) {
    if (!IsFatal(session, results.status())) PGASSAY_RETURN_IF_ERROR(session.Execute(kRollback));
    return results;
  }
  const std::size_t before = 1 + settings.size();
  if (results->size() != before + statements.size() + 2) {
    return absl::InternalError("a batch of questions has a wrong number of answers");
  }
  results->erase(results->begin(), results->begin() + static_cast<std::ptrdiff_t>(before));
  results->resize(statements.size());
  return results;
}

}  // namespace

absl::StatusOr<std::vector<absl::StatusOr<Result>>> RunProbes(Session& session, std::span<const std::string> settings,
                                                              std::span<const std::string> statements) {
  std::vector<absl::StatusOr<Result>> answers;
  for (std::size_t begin = 0; begin < statements.size(); begin += kBatch) {
    const auto batch = statements.subspan(begin, std::min(kBatch, statements.size() - begin));
    absl::StatusOr<std::vector<Result>> results = RunBatch(session, settings, batch);
    if (results.ok()) {
      for (Result& result : *results) answers.emplace_back(std::move(result));
      continue;
    }
    if (IsFatal(session, results.status())) return results.status();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      absl::StatusOr<std::vector<Result>> single = RunBatch(session, settings, batch.subspan(i, 1));
      if (!single.ok() && IsFatal(session, single.status())) return single.status();
      if (single.ok()) {
        answers.emplace_back(std::move(single->front()));
      } else {
        answers.emplace_back(single.status());
      }
    }
  }
  return answers;
}

}  // namespace pgassay::pg
