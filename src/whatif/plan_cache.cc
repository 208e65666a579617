#include "whatif/plan_cache.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"

namespace pgassay::whatif {
namespace {

std::uint64_t FilterBits(const IndexSet& set) {
  std::uint64_t bits = 0;
  for (const CandidateId id : set) bits |= std::uint64_t{1} << (id.value % 64);
  return bits;
}

bool MayBeSubset(std::uint64_t small, std::uint64_t large) {
  return (small & ~large) == 0;
}

}  // namespace

const PlanCache::Answer* PlanCache::Lookup(const PlanQuestion& question, Source& source) const {
  source = Source::kNone;
  const auto known = known_.find(Key(question.statement, question.hidden));
  if (known == known_.end()) return nullptr;
  if (const auto exact = known->second.exact.find(question.enabled); exact != known->second.exact.end()) {
    source = Source::kExact;
    return &exact->second;
  }
  const std::uint64_t bits = FilterBits(question.enabled);
  for (const SamePlan& plan : known->second.plans) {
    if (!MayBeSubset(plan.used_bits, bits) || !plan.used.IsSubsetOf(question.enabled)) continue;
    for (const SamePlan::Superset& superset : plan.supersets) {
      if (!MayBeSubset(bits, superset.bits) || !question.enabled.IsSubsetOf(superset.enabled)) continue;
      source = Source::kDerived;
      return superset.answer;
    }
  }
  return nullptr;
}

const PlanCache::Answer* PlanCache::Count(const Answer* answer, Source source) const {
  exact_hits_ += source == Source::kExact ? 1 : 0;
  derived_hits_ += source == Source::kDerived ? 1 : 0;
  return answer;
}

void PlanCache::Remember(const PlanQuestion& question, Answer answer) {
  Known& known = known_[Key(question.statement, question.hidden)];
  const auto [exact, added] = known.exact.emplace(question.enabled, std::move(answer));
  if (!added || !exact->second.ok()) return;
  const IndexSet& used = exact->second->used;
  auto plan =
      std::find_if(known.plans.begin(), known.plans.end(), [&](const SamePlan& other) { return other.used == used; });
  if (plan == known.plans.end()) {
    known.plans.push_back({.used = used, .used_bits = FilterBits(used)});
    plan = known.plans.end() - 1;
  }
  std::erase_if(plan->supersets, [&](const auto& superset) { return superset.enabled.IsSubsetOf(question.enabled); });
  plan->supersets.push_back({question.enabled, FilterBits(question.enabled), &exact->second});
}

const absl::StatusOr<PlanAnswer>* PlanCache::Find(const PlanQuestion& question) const {
  Source source;
  const Answer* answer = Lookup(question, source);
  return Count(answer, source);
}

absl::StatusOr<std::vector<PlanCache::Answer>> PlanCache::Ask(const std::vector<PlanQuestion>& questions,
                                                              const std::function<bool()>& stop) {
  auto planned = oracle_.PlanUntil(questions, stop);
  if (!planned.ok()) return planned.status();
  if (planned->size() != questions.size()) {
    return absl::InternalError(
        absl::StrCat("the planner answered ", planned->size(), " of ", questions.size(), " questions"));
  }
  planner_calls_ +=
      std::ranges::count_if(*planned, [](const Answer& answer) { return !absl::IsCancelled(answer.status()); });
  return planned;
}

absl::StatusOr<std::vector<absl::StatusOr<PlanAnswer>>> PlanCache::PlanUntil(std::span<const PlanQuestion> questions,
                                                                             const std::function<bool()>& stop) {
  if (std::ranges::any_of(questions, [](const PlanQuestion& question) { return !question.charges.empty(); })) {
    return Ask({questions.begin(), questions.end()}, stop);
  }
  std::vector<const Answer*> answers(questions.size(), nullptr);
  std::vector<PlanQuestion> open;
  std::set<PlanQuestion> asked;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    answers[i] = Find(questions[i]);
    if (answers[i] == nullptr && asked.insert(questions[i]).second) open.push_back(questions[i]);
  }
  if (!open.empty()) {
    auto planned = Ask(open, stop);
    if (!planned.ok()) return planned.status();
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (!absl::IsCancelled((*planned)[i].status())) Remember(open[i], (*std::move(planned))[i]);
    }
  }
  std::vector<Answer> result;
  result.reserve(questions.size());
  for (std::size_t i = 0; i < questions.size(); ++i) {
    Source source;
    if (answers[i] == nullptr) answers[i] = Lookup(questions[i], source);
    result.push_back(answers[i] != nullptr ? *answers[i] : Answer(absl::CancelledError("not asked")));
  }
  return result;
}

}  // namespace pgassay::whatif
