#include "nplusone/log_loops.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "nplusone/statement_role.h"
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

LogLoops::LogLoops() {
  Forget();
}

workload::SessionWatch LogLoops::Watch() {
  numbers_.clear();
  return {.define = [this](std::uint32_t number, const workload::TalliedStatement& statement, std::string_view database,
                           std::string_view user) { Define(number, statement, database, user); },
          .step = [this](std::uint32_t number, const workload::SessionStep& step) { Step(number, step); }};
}

void LogLoops::Define(std::uint32_t number, const workload::TalliedStatement& statement, std::string_view database,
                      std::string_view user) {
  if (number >= numbers_.size()) numbers_.resize(number + 1, workload::SessionStep::kNoStatement);
  const LoopOwner owner{std::string(database), std::string(user)};
  const std::uint32_t of = owners_.try_emplace(owner, static_cast<std::uint32_t>(owners_.size())).first->second;
  const Statement key(of, statement.hash.shape);
  const auto known = statements_.find(key);
  if (known != statements_.end()) {
    numbers_[number] = known->second;
    return;
  }
  if (statements_.size() >= kMostWatched) return;
  const auto next = static_cast<std::uint32_t>(statements_.size());
  statements_.emplace(key, next);
  numbers_[number] = next;
  const StatementTraits traits{.database = owner.database,
                               .user = owner.user,
                               .shape = statement.hash.shape,
                               .facts = sql::ReadLexicalFacts(statement.text)};
  split_->Define(next, traits);
  detector_.Define(next, traits);
}

void LogLoops::Step(std::uint32_t number, const workload::SessionStep& step) {
  if (step.session == 0) return;  // whose it is is not logged
  std::uint32_t statement = workload::SessionStep::kNoStatement;
  if (number != workload::SessionStep::kNoStatement) {
    statement = number < numbers_.size() ? numbers_[number] : workload::SessionStep::kNoStatement;
    if (statement == workload::SessionStep::kNoStatement) {
      ++not_watched_;
      return;
    }
  }
  split_->Add({.session = step.session,
               .transaction = step.transaction,
               .begin_us = step.time_us - step.duration_us,
               .end_us = step.time_us,
               .statement = statement,
               .plan_us = step.plan_us,
               .values = step.values,
               .value_bits = step.value_bits,
               .failed = step.kind == workload::SessionStep::Kind::kFailed});
}

void LogLoops::Resume(const LoopTally& earlier) {
  resumed_ = earlier.open;
  latest_us_ = earlier.last_us;
  Resume();
}

void LogLoops::Resume() {
  for (const OpenLoopSession& session : resumed_) {
    std::vector<std::uint32_t> numbers;
    for (const OpenLoopStatement& of : session.statements) {
      const std::uint32_t owner =
          owners_.try_emplace(of.owner, static_cast<std::uint32_t>(owners_.size())).first->second;
      const auto next = static_cast<std::uint32_t>(statements_.size());
      const auto [at, fresh] = statements_.emplace(Statement(owner, of.shape), next);
      numbers.push_back(at->second);
      if (!fresh) continue;
      const sql::Verb verb = UnpackRole(of.role).value_or(StatementRole()).verb;
      split_->Define(next, {.database = of.owner.database, .user = of.owner.user, .facts = {.verb = verb}});
      detector_.Define(next, of);
      held_.emplace(next, of.described);
    }
    detector_.Resume(session, numbers);
  }
}

LoopTally LogLoops::Leave() {
  for (const std::uint64_t client : split_->Flush(true)) detector_.Close(client);
  return Pause();
}

LoopTally LogLoops::Pause() {
  std::vector<OpenLoopSession> open = detector_.Open(latest_us_);
  LoopTally tally = detector_.Take();
  tally.open = std::move(open);
  tally.not_watched = std::exchange(not_watched_, 0);
  workload::Trim(tally);
  return tally;
}

LoopTally LogLoops::Take(const workload::LogTotals& totals, Log log) {
  resumed_.clear();
  for (const std::uint64_t client : split_->Flush(log == Log::kEnds)) detector_.Close(client);
  const bool carries = statements_.size() <= kMostCarried;
  LoopTally tally = carries ? detector_.Take() : detector_.Finish();
  tally.not_watched = std::exchange(not_watched_, 0);
  const auto describe = [&](const LoopTally::Statement& statement, LoopStatement& described) {
    const auto& [owner, shape] = statement;
    const workload::TalliedStatement* const known = totals.Find(shape, owner.database, owner.user);
    if (known != nullptr) described = Describe(*known);
  };
  for (auto& [statement, described] : tally.statements) describe(statement, described);
  workload::Trim(tally);
  std::map<std::uint32_t, LoopStatement> held;
  for (const auto& [number, statement] : detector_.Held()) {
    const auto before = held_.find(number);
    describe(statement, held.emplace(number, before == held_.end() ? LoopStatement() : before->second).first->second);
  }
  held_ = held;
  detector_.Describe(std::move(held));
  if (!carries) Forget();
  return tally;
}

LoopTally LogLoops::Finish() {
  split_->Flush(true);
  LoopTally tally = detector_.Finish();
  tally.not_watched = std::exchange(not_watched_, 0);
  workload::Trim(tally);
  Forget();
  return tally;
}

LoopTally LogLoops::Finish(const workload::LogTotals& totals) {
  LoopTally tally = Take(totals, Log::kEnds);
  workload::MergeInto(tally, Finish());
  return tally;
}

void LogLoops::Abandon() {
  split_->Flush(true);
  detector_.Finish();
  not_watched_ = 0;
  Forget();
  Resume();
}

// What is known of statements may be large.
void LogLoops::Forget() {
  detector_ = LoopDetector();
  split_.emplace([this](const SessionEvent& event) { detector_.Add(event); });
  owners_.clear();
  statements_ = {};
  numbers_ = {};
  held_.clear();
}

}  // namespace pgassay::nplusone
