#pragma once

// A PostgreSQL without rows that plans as the captured database would: the user's schema, statistics, sizes, end
// points, settings and clock on a private server (DESIGN.md section 2). It answers what-if questions by planning, with
// PostgreSQL's own code.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pgassay/advisor.h"
#include "pgassay/snapshot.h"
#include "twin/candidate_indexes.h"
#include "twin/missing_objects.h"
#include "twin/statement_view.h"
#include "whatif/btree_size.h"
#include "whatif/cost_oracle.h"

namespace pgassay::twin {

// SQLSTATE of an error that the server gave; empty if it gave none.
std::string ServerErrorCode(const absl::Status& status);

// One caller at a time; planning itself runs on several backends at once, with the same answers as on one. The server
// and its directory are gone when the destructor returns.
class Twin : public whatif::CostOracle {
 public:
  // The snapshot must outlive the twin. What could not be carried over is in warnings(). Errors as
  // cluster::Server::Start, and Unimplemented for a server version that has no planner extension here.
  static absl::StatusOr<std::unique_ptr<Twin>> Start(const Snapshot& snapshot, const TwinOptions& options);
  ~Twin() override;

  const std::vector<std::string>& warnings() const { return warnings_; }

  // The settings under which statements of `user` are planned, as SELECT set_config(...) statements.
  std::vector<std::string> SessionSettings(std::string_view user, std::string_view search_path);

  // What of the captured schema is not here.
  const MissingObjects& missing() const;

  // Types and uses of the parameters of statements with $n, by PostgreSQL's own analysis, or why it refuses one. The
  // outer error means that the twin is lost, here and in all that follows.
  absl::StatusOr<std::vector<absl::StatusOr<catalog::Parameters>>> Parameters(std::span<const PlannedText> statements);

  // The statements with $n in place of names that are no columns, which are variables of the function that ran them; as
  // they are where there is none, or why PostgreSQL refuses one. Errors as Parameters.
  absl::StatusOr<std::vector<absl::StatusOr<std::string>>> WithVariables(std::span<const PlannedText> statements);

  // Adds statements; the n-th one ever added has StatementId n. The answer holds what the planner sees in each, or why
  // it cannot be planned.
  absl::StatusOr<std::vector<absl::StatusOr<StatementView>>> Prepare(std::span<const PlannedText> statements);

  // Makes candidates with these sizes; the n-th one ever added has CandidateId n. A candidate that the server refuses
  // has its error and takes no part in any plan.
  absl::StatusOr<std::vector<absl::Status>> AddCandidates(std::span<const CandidateParts> candidates);

  // What a CREATE INDEX statement means, with nothing made. Errors as AddIndexStatement.
  absl::StatusOr<MeantIndex> ReadIndexStatement(const std::string& sql);

  // Makes a candidate from a CREATE INDEX statement, without a size yet: SetSizes must follow before it is planned
  // with. Unqualified names follow the captured search path. InvalidArgument with the server's message where it
  // refuses.
  absl::StatusOr<MadeIndex> AddIndexStatement(const std::string& sql);
  absl::Status SetSizes(CandidateId candidate, std::span<const whatif::BtreeSize> sizes);  // one for each part

  absl::StatusOr<std::vector<absl::StatusOr<whatif::PlanAnswer>>> PlanUntil(
      std::span<const whatif::PlanQuestion> questions, const std::function<bool()>& stop) override;
  bool TakesCharges() const override { return true; }

  // EXPLAIN (FORMAT JSON) of a statement as a person would see it under the question's indexes. Candidates have the
  // names that IndexNames gives.
  absl::StatusOr<std::string> ExplainJson(const whatif::PlanQuestion& question);
  static std::vector<std::string> IndexNames(CandidateId candidate, std::size_t parts);

 private:
  class State;
  explicit Twin(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
  std::vector<std::string> warnings_;
};

}  // namespace pgassay::twin
