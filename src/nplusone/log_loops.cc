#include "nplusone/log_loops.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "sql/lexical_facts.h"
#include "sql/plannable.h"
#include "sql/statement.h"
#include "sql/statement_hash.h"
#include "workload/loop_tally.h"

namespace pgassay::nplusone {
namespace {

// Longer texts are not parsed; all statements of a log are kept up to this length (workload/log_templates.cc).
constexpr std::size_t kLongestText = std::size_t{1} << 20;

std::string WithoutLiterals(const std::string& text) {
  if (text.size() > kLongestText) return "";
  absl::StatusOr<sql::StatementFacts> facts = sql::Examine(text);
  return facts.ok() ? std::move(facts->normalized) : sql::RedactLiterals(text);
}

LoopStatement Describe(const workload::TalliedStatement& statement) {
  LoopStatement described{.text = WithoutLiterals(statement.text)};
  const auto add = [&](const std::string& text) {
    if (text.empty()) return;
    for (std::string& tag : sql::QueryTags(text)) described.tags.insert(std::move(tag));
  };
  add(statement.text);
  for (const LogSample& sample : statement.samples) add(sample.sql);
  return described;
}

}  // namespace

workload::SessionWatch LogLoops::Watch() {
  return {
      .define =
          [this](std::uint32_t number, const workload::TalliedStatement& statement, std::string_view database,
                 std::string_view user) {
            if (number >= kMostWatched) return;
            detector_.Define(number, {.database = std::string(database),
                                      .user = std::string(user),
                                      .shape = statement.hash.shape,
                                      .facts = sql::ReadLexicalFacts(statement.text)});
          },
      .step =
          [this](std::uint32_t number, const workload::SessionStep& step) {
            if (step.session == 0) return;  // whose it is is not logged
            if (number >= kMostWatched && number != workload::SessionStep::kNoStatement) {
              ++not_watched_;
              return;
            }
            detector_.Add({.session = step.session,
                           .transaction = step.transaction,
                           .begin_us = step.time_us - step.duration_us,
                           .end_us = step.time_us,
                           .statement = number,
                           .plan_us = step.plan_us,
                           .values = step.values,
                           .value_bits = step.value_bits,
                           .failed = step.kind == workload::SessionStep::Kind::kFailed});
          }};
}

LoopTally LogLoops::Finish(const workload::LogTotals& totals) {
  LoopTally tally = detector_.Finish();
  detector_ = LoopDetector();  // what it knows of statements may be large
  tally.not_watched = std::exchange(not_watched_, 0);
  for (auto& [statement, described] : tally.statements) {
    const auto& [owner, shape] = statement;
    const workload::TalliedStatement* known = totals.Find(shape, owner.database, owner.user);
    if (known != nullptr) described = Describe(*known);
  }
  workload::Trim(tally);
  return tally;
}

}  // namespace pgassay::nplusone
