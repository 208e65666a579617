#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "report/bench_parts.h"
#include "report/document_parts.h"
#include "report/documents.h"
#include "report/figures.h"
#include "report/statements.h"

namespace pgassay::report {
namespace {

constexpr double kBarWidth = 20;
constexpr std::size_t kMostQueries = 20;  // of a set, unless everything is wanted

std::string Bar(double share) {
  return std::string(static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * kBarWidth)), '#');
}

// "1.2 ms (1.1 to 1.4)".
std::string FigureText(const BenchFigure& figure) {
  return absl::StrCat(DurationText(figure.median), " (", DurationText(figure.low), " to ", DurationText(figure.high),
                      ")");
}

class DocumentMaker {
 public:
  DocumentMaker(const BenchPlan& plan, const BenchResult& result, const Style& style)
      : plan_(plan), result_(result), style_(style), statements_(plan.workload, style.show_literals) {}

  Document Make() {
    document_.push_back(Title{absl::StrCat("Bench of index sets on database ", result_.database)});
    AddFacts();
    AddSets();
    AddRegressions();
    for (std::size_t s = 1; s < result_.sets.size(); ++s) AddSet(s);
    AddProblems();
    AddSkipped(document_, plan_.workload, statements_, style_.verbose);
    if (!result_.notes.empty()) {
      document_.push_back(Heading{"What happened"});
      Bullets bullets;
      for (const std::string& note : result_.notes) bullets.sentences.push_back(statements_.ServerMessage(note));
      document_.push_back(std::move(bullets));
    }
    AddWarnings(document_, plan_.warnings, statements_);
    return std::move(document_);
  }

 private:
  void AddFacts() {
    std::size_t writes = 0;
    for (const BenchQuery& query : plan_.queries) writes += query.writes ? 1 : 0;
    Facts facts;
    const auto add = [&facts](const std::string& label, std::string sentence) {
      facts.facts.push_back({.label = label, .sentences = {std::move(sentence)}, .sql = ""});
    };
    add("server", absl::StrCat("PostgreSQL ", ServerVersion(result_.server_version)));
    add("workload",
        absl::StrCat(Plural(static_cast<std::int64_t>(plan_.queries.size()), "query", "queries"), " with ",
                     Plural(static_cast<std::int64_t>(plan_.statements.size()), "set", "sets"), " of values",
                     writes == 0   ? ""
                     : writes == 1 ? "; 1 writes and is rolled back each time"
                                   : absl::StrCat("; ", writes, " write and are rolled back each time")));
    if (result_.answers_differ) add("answers", "differ between sets: see below");
    if (result_.partial) add("partial", "the run ended early, see below");
    document_.push_back(std::move(facts));
  }

  void AddSets() {
    double longest = 0;
    for (const BenchSetResult& set : result_.sets) {
      if (set.mean_ms) longest = std::max(longest, set.mean_ms->median);
    }
    std::vector<std::vector<std::string>> rows;
    for (const BenchSetResult& set : result_.sets) {
      const bool measured = set.mean_ms.has_value();
      rows.push_back({set.name, measured ? DurationText(set.mean_ms->median) : "not measured",
                      measured ? DurationText(*set.total_ms) : "", set.ratio ? RatioText(set.ratio->median) : "",
                      set.per_second ? FormatNumber(set.per_second->median, 4) : "",
                      set.indexes.empty() ? "" : FormatBytes(set.size_bytes),
                      set.indexes.empty() ? "" : DurationText(set.build_ms),
                      measured && longest > 0 ? Bar(set.mean_ms->median / longest) : ""});
    }
    document_.push_back(Table{.columns = {{.heading = "set", .flexible = true},
                                          {.heading = "per call", .right = true},
                                          {.heading = "workload", .right = true},
                                          {.heading = "factor", .right = true},
                                          {.heading = "calls/s", .right = true},
                                          {.heading = "size", .right = true},
                                          {.heading = "build", .right = true},
                                          {.heading = "time"}},
                              .rows = std::move(rows)});
  }

  void AddRegressions() {
    const std::vector<BenchRegression> regressions = BenchRegressions(plan_, result_);
    if (regressions.empty()) return;
    document_.push_back(Heading{"Slower than before"});
    std::vector<std::vector<std::string>> rows;
    for (const BenchRegression& found : regressions) {
      rows.push_back(QueryRow(found.set, found.query));
      rows.back().insert(rows.back().begin(), result_.sets[found.set].name);
    }
    std::vector<TableColumn> columns = QueryColumns();
    columns.insert(columns.begin(), {.heading = "set"});
    document_.push_back(Table{.columns = std::move(columns), .rows = std::move(rows)});
  }

  static std::vector<TableColumn> QueryColumns() {
    return {{.heading = "query", .sql = true},      {.heading = "statement", .flexible = true, .sql = true},
            {.heading = "weight", .right = true},   {.heading = "before", .right = true},
            {.heading = "after", .right = true},    {.heading = "factor", .right = true},
            {.heading = "predicted", .right = true}};
  }

  std::vector<std::string> QueryRow(std::size_t s, std::size_t q) const {
    const BenchMeasure& before = result_.sets[0].queries[q];
    const BenchMeasure& after = result_.sets[s].queries[q];
    const std::optional<double> predicted = PredictedRatio(plan_.sets[s].predicted[q]);
    const std::string& id = plan_.queries[q].id;
    return {statements_.ShortId(id),
            statements_.Brief(id),
            WeightText(plan_.queries[q].weight),
            before.ms ? DurationText(before.ms->median) : before.problem_code,
            after.ms ? DurationText(after.ms->median) : after.problem_code,
            after.ratio ? RatioText(after.ratio->median) : "",
            predicted ? RatioText(*predicted) : "?"};
  }

  void AddAgreement(std::size_t s) {
    const BenchSetResult& set = result_.sets[s];
    Facts facts;
    const auto add = [&facts](const std::string& label, std::string sentence) {
      facts.facts.push_back({.label = label, .sentences = {std::move(sentence)}, .sql = ""});
    };
    if (set.ratio) {
      add("measured", absl::StrCat(DurationText(*result_.sets[0].total_ms), " -> ", DurationText(*set.total_ms), " (",
                                   RatioText(set.ratio->median), "); a call ", FigureText(*set.mean_ms), ", before ",
                                   FigureText(*result_.sets[0].mean_ms)));
    }
    if (set.agreement && set.agreement->cost_before) {
      const BenchAgreement& agreement = *set.agreement;
      std::string text = absl::StrCat(CostText(*agreement.cost_before), " -> ", CostText(*agreement.cost_after), " (",
                                      FactorText(*agreement.cost_before, *agreement.cost_after), ")");
      if (agreement.gains > 0) {
        absl::StrAppend(&text, "; of ", Plural(agreement.gains, "query", "queries"),
                        " that were to gain more than 20 %, ", agreement.same_sign, " got faster");
      }
      if (agreement.rank) {
        absl::StrAppend(&text, "; rank correlation ", FormatNumber(*agreement.rank, 3), " over ",
                        Plural(agreement.ranked, "query", "queries"),
                        agreement.in_time ? ", of predicted milliseconds" : ", of costs");
      }
      add("predicted", text);
    }
    if (set.write_amplification) {
      add("writes", absl::StrCat("WAL of the writes: ", FormatNumber(*set.write_amplification, 3),
                                 " times that without the set"));
    }
    if (!set.problem_code.empty()) {
      add("problem", absl::StrCat(set.problem_code, ": ", statements_.ServerMessage(set.problem)));
    }
    if (!facts.facts.empty()) document_.push_back(std::move(facts));
  }

  void AddIndexes(const BenchSetResult& set) {
    if (set.indexes.empty()) return;
    std::vector<std::vector<std::string>> rows;
    for (const BenchIndex& index : set.indexes) {
      rows.push_back({index.dropped ? "drop" : "create", statements_.Definition(index.definition),
                      FormatBytes(index.size_bytes), index.dropped ? "" : FormatBytes(index.predicted_bytes),
                      index.dropped ? "" : DurationText(index.build_ms), index.dropped ? "" : CountText(index.scans),
                      index.label});
    }
    document_.push_back(Table{.columns = {{.heading = "change"},
                                          {.heading = "index", .flexible = true, .sql = true},
                                          {.heading = "size", .right = true},
                                          {.heading = "predicted", .right = true},
                                          {.heading = "build", .right = true},
                                          {.heading = "scans", .right = true},
                                          {.heading = "label"}},
                              .rows = std::move(rows)});
  }

  void AddSet(std::size_t s) {
    const BenchSetResult& set = result_.sets[s];
    document_.push_back(Heading{absl::StrCat("Set ", set.name)});
    AddAgreement(s);
    AddIndexes(set);
    std::vector<std::size_t> order;
    for (std::size_t q = 0; q < set.queries.size() && !result_.sets[0].queries.empty(); ++q) order.push_back(q);
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
      return std::fabs(SavedMs(plan_, result_, s, a)) > std::fabs(SavedMs(plan_, result_, s, b));
    });
    const std::size_t shown = style_.verbose ? order.size() : std::min(order.size(), kMostQueries);
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < shown; ++i) rows.push_back(QueryRow(s, order[i]));
    if (!rows.empty()) document_.push_back(Table{.columns = QueryColumns(), .rows = std::move(rows)});
    if (shown < order.size()) {
      document_.push_back(
          Remark{absl::StrCat("and ", Plural(static_cast<std::int64_t>(order.size() - shown), "query", "queries"),
                              " that changed less (--verbose lists them)")});
    }
    AddAnswers(s);
  }

  void AddAnswers(std::size_t s) {
    Bullets bullets;
    std::size_t passed_over = 0;
    for (std::size_t q = 0; q < result_.sets[s].queries.size(); ++q) {
      const BenchMeasure& measure = result_.sets[s].queries[q];
      const std::string text = AnswerText(measure);
      if (text.empty()) continue;
      if (measure.answer != "differs" && !style_.verbose) {
        ++passed_over;
        continue;
      }
      bullets.sentences.push_back(absl::StrCat(statements_.ShortId(plan_.queries[q].id), ": ", text));
    }
    if (passed_over > 0) {
      bullets.sentences.push_back(
          absl::StrCat("the rows of ", Plural(static_cast<std::int64_t>(passed_over), "query", "queries"),
                       " could not be compared with those without the set, only their number or not even that "
                       "(--verbose says why)"));
    }
    if (!bullets.sentences.empty()) document_.push_back(std::move(bullets));
  }

  // Queries that some set could not run.
  void AddProblems() {
    Bullets bullets;
    for (const BenchSetResult& set : result_.sets) {
      for (std::size_t q = 0; q < set.queries.size(); ++q) {
        const BenchMeasure& measure = set.queries[q];
        if (measure.problem_code.empty()) continue;
        bullets.sentences.push_back(absl::StrCat(statements_.ShortId(plan_.queries[q].id), " with set ", set.name, ": ",
                                                 measure.problem_code, ": ",
                                                 statements_.ServerMessage(measure.problem)));
      }
    }
    if (bullets.sentences.empty()) return;
    document_.push_back(Heading{"Statements that could not be run"});
    document_.push_back(std::move(bullets));
  }

  const BenchPlan& plan_;
  const BenchResult& result_;
  const Style& style_;
  Statements statements_;
  Document document_;
};

}  // namespace

Document BenchDocument(const BenchPlan& plan, const BenchResult& result, const Style& style) {
  return DocumentMaker(plan, result, style).Make();
}

}  // namespace pgassay::report
