#include "bench/outcome.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "bench/statistics.h"

namespace pgassay::bench {
namespace {

// Queries whose predicted gain is at least this much are those that a person would act on.
constexpr double kLargeGain = 0.2;
// A predicted change below this is none.
constexpr double kSomeChange = 0.01;

bool IsMeasured(const SetRecord& set, std::size_t statement) {
  return !set.statements[statement].ms.empty();
}

// Which statements every set that has results has measured: only they can be compared.
std::vector<bool> CommonStatements(const BenchPlan& plan, const std::vector<SetRecord>& sets) {
  std::vector<bool> common(plan.statements.size(), true);
  for (const SetRecord& set : sets) {
    if (set.rounds == 0) continue;
    for (std::size_t i = 0; i < common.size(); ++i) common[i] = common[i] && IsMeasured(set, i);
  }
  return common;
}

std::vector<WeightedSamples> SamplesOf(const BenchPlan& plan, const SetRecord& set, const std::vector<bool>& wanted,
                                       std::size_t query) {
  std::vector<WeightedSamples> samples;
  for (std::size_t i = 0; i < plan.statements.size(); ++i) {
    if (plan.statements[i].query != query || !wanted[i] || !IsMeasured(set, i)) continue;
    samples.push_back({.weight = plan.statements[i].weight, .rounds = set.statements[i].ms});
  }
  return samples;
}

std::vector<WeightedSamples> AllSamples(const BenchPlan& plan, const SetRecord& set, const std::vector<bool>& wanted) {
  std::vector<WeightedSamples> samples;
  for (std::size_t i = 0; i < plan.statements.size(); ++i) {
    if (wanted[i]) samples.push_back({.weight = plan.statements[i].weight, .rounds = set.statements[i].ms});
  }
  return samples;
}

bool IsStable(const StatementRecord& record) {
  return std::ranges::all_of(record.digests,
                             [&](const Digest& digest) { return SameRows(digest, record.digests.front()); });
}

// What comparing the answers of one statement says: same, count, differs, not-compared.
std::string CompareAnswers(AnswerCheck check, const StatementRecord& current, const StatementRecord& with) {
  if (check == AnswerCheck::kNothing || current.digests.empty() || with.digests.empty()) return "not-compared";
  // What differs from run to run with the same indexes says nothing of others.
  if (!IsStable(current)) return "not-compared";
  const Digest& a = current.digests.front();
  const bool same_count =
      std::ranges::all_of(with.digests, [&](const Digest& digest) { return digest.rows == a.rows; });
  if (check == AnswerCheck::kCount) return same_count ? "count" : "differs";
  return std::ranges::all_of(with.digests, [&](const Digest& digest) { return SameRows(a, digest); }) ? "same"
                                                                                                      : "differs";
}

// Of several statements' answers the most serious: they are one query.
std::string WorseAnswer(const std::string& a, const std::string& b) {
  for (const char* const answer : {"differs", "not-compared", "count", "same"}) {
    if (a == answer || b == answer) return answer;
  }
  return "";
}

std::optional<double> WeightedMean(const BenchPlan& plan, const SetRecord& set, std::size_t query,
                                   std::optional<double> StatementRecord::*figure) {
  double sum = 0;
  double weight = 0;
  for (std::size_t i = 0; i < plan.statements.size(); ++i) {
    const std::optional<double>& value = set.statements[i].*figure;
    if (plan.statements[i].query != query || !value) continue;
    sum += plan.statements[i].weight * *value;
    weight += plan.statements[i].weight;
  }
  if (weight <= 0) return std::nullopt;
  return sum / weight;
}

class ResultMaker {
 public:
  ResultMaker(const BenchPlan& plan, const std::vector<SetRecord>& sets, const std::vector<std::string>& not_compared,
              double regression)
      : plan_(plan),
        sets_(sets),
        not_compared_(not_compared),
        regression_(regression),
        common_(CommonStatements(plan, sets)) {}

  BenchResult Make() {
    BenchResult result;
    for (std::size_t s = 0; s < sets_.size(); ++s) {
      result.sets.push_back(MakeSet(s, result));
      for (const BenchMeasure& measure : result.sets.back().queries) {
        result.answers_differ |= measure.answer == "differs";
      }
    }
    return result;
  }

 private:
  BenchSetResult MakeSet(std::size_t s, const BenchResult& so_far) {
    const SetRecord& record = sets_[s];
    BenchSetResult set{.name = plan_.sets[s].name,
                       .problem_code = record.problem_code,
                       .problem = record.problem,
                       .rounds = record.rounds};
    if (record.rounds == 0) return set;
    for (std::size_t q = 0; q < plan_.queries.size(); ++q) set.queries.push_back(MakeMeasure(s, q));
    const std::vector<WeightedSamples> all = AllSamples(plan_, record, common_);
    if (!all.empty()) {
      set.mean_ms = Bootstrap(all);
      double weight = 0;
      for (const WeightedSamples& part : all) weight += part.weight;
      set.total_ms = set.mean_ms->median * weight;
      if (s > 0 && sets_[0].rounds > 0) {
        set.ratio = BootstrapRatio(all, AllSamples(plan_, sets_[0], common_));
      }
    }
    AddMix(record, set);
    AddIndexes(s, so_far, set);
    if (s > 0 && sets_[0].rounds > 0) AddAgreement(s, so_far.sets[0], set);
    return set;
  }

  BenchMeasure MakeMeasure(std::size_t s, std::size_t q) const {
    const SetRecord& record = sets_[s];
    BenchMeasure measure;
    std::vector<WeightedSamples> samples = SamplesOf(plan_, record, common_, q);
    const bool comparable = !samples.empty();
    if (!comparable) samples = SamplesOf(plan_, record, std::vector<bool>(plan_.statements.size(), true), q);
    if (!samples.empty()) measure.ms = Bootstrap(samples);
    for (const WeightedSamples& part : samples) {
      for (const std::vector<double>& round : part.rounds) measure.samples += static_cast<int>(round.size());
    }
    measure.blocks_hit = WeightedMean(plan_, record, q, &StatementRecord::blocks_hit);
    measure.blocks_read = WeightedMean(plan_, record, q, &StatementRecord::blocks_read);
    measure.wal_bytes = WeightedMean(plan_, record, q, &StatementRecord::wal_bytes);
    for (std::size_t i = 0; i < plan_.statements.size(); ++i) {
      if (plan_.statements[i].query != q || record.statements[i].problem_code.empty()) continue;
      measure.problem_code = record.statements[i].problem_code;
      measure.problem = record.statements[i].problem;
    }
    if (s == 0 || sets_[0].rounds == 0) return measure;
    if (comparable) {
      measure.ratio = BootstrapRatio(samples, SamplesOf(plan_, sets_[0], common_, q));
      measure.same_work = IsSameWork(s, q);
      measure.regression = measure.ratio->median > 1 + regression_ && measure.ratio->low > 1 && !measure.same_work;
    }
    CompareAnswersOf(s, q, measure);
    return measure;
  }

  // Whether nothing but the machine can make the query slower with the set: each statement has the same plan, and asks
  // for as many blocks, as many of them not cached.
  bool IsSameWork(std::size_t s, std::size_t q) const {
    for (std::size_t i = 0; i < plan_.statements.size(); ++i) {
      if (plan_.statements[i].query != q || !common_[i]) continue;
      const StatementRecord& before = sets_[0].statements[i];
      const StatementRecord& after = sets_[s].statements[i];
      const bool same = before.plan != 0 && before.plan == after.plan && before.blocks_hit == after.blocks_hit &&
                        before.blocks_read == after.blocks_read && before.wal_bytes == after.wal_bytes;
      if (!same) return false;
    }
    return true;
  }

  void CompareAnswersOf(std::size_t s, std::size_t q, BenchMeasure& measure) const {
    const AnswerCheck check = not_compared_[q].empty() ? plan_.queries[q].check : AnswerCheck::kNothing;
    for (std::size_t i = 0; i < plan_.statements.size(); ++i) {
      if (plan_.statements[i].query != q) continue;
      measure.answer =
          WorseAnswer(measure.answer, CompareAnswers(check, sets_[0].statements[i], sets_[s].statements[i]));
    }
    if (measure.answer == "count") measure.answer_note = plan_.queries[q].check_note;
    if (measure.answer != "not-compared") return;
    if (!not_compared_[q].empty()) {
      measure.answer_note = not_compared_[q];
    } else if (check == AnswerCheck::kNothing) {
      measure.answer_note = plan_.queries[q].check_note;
    } else {
      measure.answer_note = "it differs from run to run with the same indexes, or could not be run";
    }
  }

  static void AddMix(const SetRecord& record, BenchSetResult& set) {
    std::vector<std::vector<double>> rates;
    double wal_bytes = 0;
    for (const MixRecord& mix : record.mixes) {
      if (mix.facts.seconds > 0) rates.push_back({static_cast<double>(mix.facts.statements) / mix.facts.seconds});
      set.mix_statements += mix.facts.statements;
      set.mix_errors += mix.facts.errors;
      wal_bytes += mix.wal_bytes;
    }
    if (set.mix_statements == 0) return;
    set.per_second = Bootstrap(std::vector<WeightedSamples>{{.weight = 1, .rounds = rates}});
    set.mix_wal_bytes = wal_bytes / static_cast<double>(set.mix_statements);
  }

  // WAL of one call of all writes, by weight.
  std::optional<double> WriteWal(const BenchSetResult& set) const {
    double sum = 0;
    for (std::size_t q = 0; q < plan_.queries.size(); ++q) {
      if (plan_.queries[q].writes && set.queries[q].wal_bytes) {
        sum += plan_.queries[q].weight * *set.queries[q].wal_bytes;
      }
    }
    if (sum <= 0) return std::nullopt;
    return sum;
  }

  void AddIndexes(std::size_t s, const BenchResult& so_far, BenchSetResult& set) const {
    const BenchSet& planned = plan_.sets[s];
    double build_ms = 0;
    for (std::size_t i = 0; i < planned.changes.size() && i < sets_[s].indexes.size(); ++i) {
      const BenchChange& change = planned.changes[i];
      const IndexRecord& record = sets_[s].indexes[i];
      BenchIndex index{.definition = change.definition,
                       .name = record.name,
                       .dropped = !change.create,
                       .recommendation = change.recommendation,
                       .size_bytes = record.size_bytes,
                       .predicted_bytes = change.predicted_bytes,
                       .build_ms = record.build_ms.empty() ? 0 : Median(record.build_ms),
                       .scans = record.scans};
      set.size_bytes += index.dropped ? -index.size_bytes : index.size_bytes;
      build_ms += index.build_ms;
      if (s > 0 && sets_[0].rounds > 0) index.label = LabelOf(planned, change, index, so_far.sets[0], set);
      set.indexes.push_back(std::move(index));
    }
    set.build_ms = build_ms;
    if (s == 0 || sets_[0].rounds == 0) return;
    const std::optional<double> before = WriteWal(so_far.sets[0]);
    const std::optional<double> after = WriteWal(set);
    if (before && after) set.write_amplification = *after / *before;
  }

  // A new index is measured where the queries that the planner wants it for got faster together, a dropped one where
  // no query of the set is a regression.
  std::string LabelOf(const BenchSet& planned, const BenchChange& change, const BenchIndex& index,
                      const BenchSetResult& current, const BenchSetResult& set) const {
    if (index.dropped) return std::ranges::any_of(set.queries, &BenchMeasure::regression) ? "planned" : "measured";
    if (index.scans == 0) return "unused";
    double saved_ms = 0;
    for (std::size_t q = 0; q < plan_.queries.size(); ++q) {
      if (std::ranges::find(planned.predicted[q].used, change.definition) == planned.predicted[q].used.end()) continue;
      if (!set.queries[q].ratio) continue;
      saved_ms += plan_.queries[q].weight * (current.queries[q].ms->median - set.queries[q].ms->median);
    }
    return saved_ms > 0 ? "measured" : "planned";
  }

  // What was predicted of a query before and with the set: milliseconds or cost; none: nothing.
  struct Expected {
    double before = 0;
    double after = 0;
  };
  std::optional<Expected> ExpectedOf(std::size_t s, std::size_t q, bool in_time) const {
    const PredictedCost& cost = plan_.sets[s].predicted[q];
    if (cost.before <= 0) return std::nullopt;
    if (!in_time) return Expected{.before = cost.before, .after = cost.after};
    if (!cost.ms_before || !cost.ms_after || *cost.ms_before <= 0) return std::nullopt;
    // The time model knows reads alone; what entries in indexes cost a write is in its cost.
    const double after = plan_.queries[q].writes ? *cost.ms_before * cost.after / cost.before : *cost.ms_after;
    return Expected{.before = *cost.ms_before, .after = after};
  }

  void AddAgreement(std::size_t s, const BenchSetResult& current, BenchSetResult& set) const {
    BenchAgreement agreement{.in_time = true};
    Cost before = 0;
    Cost after = 0;
    for (std::size_t q = 0; q < plan_.queries.size(); ++q) {
      const PredictedCost& cost = plan_.sets[s].predicted[q];
      if (cost.before < 0) continue;
      before += plan_.queries[q].weight * cost.before;
      after += plan_.queries[q].weight * cost.after;
      if (set.queries[q].ratio && cost.before > 0 && !ExpectedOf(s, q, true)) agreement.in_time = false;
    }
    std::vector<double> predicted;
    std::vector<double> measured;
    for (std::size_t q = 0; q < plan_.queries.size(); ++q) {
      const BenchMeasure& measure = set.queries[q];
      const std::optional<Expected> expected = ExpectedOf(s, q, agreement.in_time);
      if (!expected || !measure.ratio) continue;
      const double gain = 1 - expected->after / expected->before;
      if (gain > kLargeGain) {
        ++agreement.gains;
        if (measure.ratio->median < 1) ++agreement.same_sign;
      }
      if (std::fabs(gain) < kSomeChange) continue;
      predicted.push_back(expected->before - expected->after);
      measured.push_back(current.queries[q].ms->median - measure.ms->median);
    }
    agreement.cost_before = before;
    agreement.cost_after = after;
    agreement.rank = RankCorrelation(predicted, measured);
    agreement.ranked = static_cast<int>(predicted.size());
    set.agreement = agreement;
  }

  const BenchPlan& plan_;
  const std::vector<SetRecord>& sets_;
  const std::vector<std::string>& not_compared_;
  double regression_;
  std::vector<bool> common_;
};

}  // namespace

BenchResult MakeResult(const BenchPlan& plan, const std::vector<SetRecord>& sets,
                       const std::vector<std::string>& not_compared, double regression) {
  return ResultMaker(plan, sets, not_compared, regression).Make();
}

}  // namespace pgassay::bench
