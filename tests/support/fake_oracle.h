#pragma once

// A planner made of a few formulas, for tests that need one without a server. It knows sequential and index scans (a
// prefix of equality columns, then one range), index-only scans, sorts that an index saves, LIMIT, and joins in the
// given order by hash or by nested loop with an inner index. It is honest where selection relies on it: an index more
// never costs, and the plan stays the same when an index that it does not use goes away. Its costs are not
// PostgreSQL's.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "catalog/candidate.h"
#include "catalog/index_request.h"
#include "whatif/cost_oracle.h"

namespace pgassay::test {

// A statement as the planner would report it: the relations in join order; the first one drives, and its first order is
// that of the whole statement.
struct FakeStatement {
  StatementId id;
  std::vector<catalog::IndexRequest> requests;
};

class FakeOracle : public whatif::CostOracle {
 public:
  FakeOracle(std::vector<FakeStatement> statements, std::vector<catalog::Candidate> candidates);

  absl::StatusOr<std::vector<absl::StatusOr<whatif::PlanAnswer>>> PlanUntil(
      std::span<const whatif::PlanQuestion> questions, const std::function<bool()>& stop) override;
  bool TakesCharges() const override { return true; }

  // Planning this statement fails from now on, with nothing enabled or only with a candidate.
  void FailAlways(StatementId statement) { failing_.insert(statement); }
  void FailWith(StatementId statement, CandidateId candidate) { failing_with_.insert({statement, candidate}); }

  whatif::PlanAnswer Answer(const whatif::PlanQuestion& question) const;
  // The least sum by trying, for what each plan uses, to do without it.
  whatif::PlanAnswer AnswerCharged(const whatif::PlanQuestion& question) const;
  std::int64_t calls() const { return calls_; }

 private:
  std::map<StatementId, FakeStatement> statements_;
  std::vector<catalog::Candidate> candidates_;
  std::set<StatementId> failing_;
  std::set<std::pair<StatementId, CandidateId>> failing_with_;
  std::int64_t calls_ = 0;
};

// The size of an index of `def`: 8 bytes for each row and column, and as much for each row.
Bytes FakeSize(const IndexDef& def, double rows);

// The candidates on tables of the statement, which is what a problem calls relevant.
whatif::IndexSet FakeRelevant(const FakeStatement& statement, std::span<const catalog::Candidate> candidates);

}  // namespace pgassay::test
