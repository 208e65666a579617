#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "advice/reason_codes.h"
#include "base/text.h"
#include "report/advice_parts.h"
#include "report/document_parts.h"
#include "report/documents.h"
#include "report/evidence.h"
#include "report/figures.h"
#include "report/loops.h"
#include "report/proof.h"
#include "report/statements.h"
#include "report/times.h"

namespace pgassay::report {
namespace {

constexpr std::size_t kServedQueries = 5;  // of one recommendation
constexpr std::size_t kRejectedLines = 15;
constexpr std::size_t kFindings = 5;

Fact Plain(std::string label, std::string sentence) {
  return {.label = std::move(label), .sentences = {std::move(sentence)}, .sql = ""};
}

void AddTotals(Facts& facts, const Advice& advice, const Statements& statements) {
  const Certificate& certificate = advice.certificate;
  Bytes size = 0, freed = 0;
  std::int64_t created = 0, dropped = 0;
  for (const Recommendation& item : advice.recommendations) {
    (IsDrop(item) ? freed : size) += item.size_bytes;
    ++(IsDrop(item) ? dropped : created);
  }
  std::string text = CostText(certificate.cost_before);
  if (!advice.recommendations.empty()) {
    const double saved = certificate.cost_before > 0 ? 1 - certificate.cost_after / certificate.cost_before : 0;
    absl::StrAppend(&text, " -> ", CostText(certificate.cost_after), "  (",
                    FactorText(certificate.cost_before, certificate.cost_after), ", ", PercentText(saved),
                    " saved) with ", Plural(created, "new index", "new indexes"), ", ", FormatBytes(size));
    if (dropped > 0) {
      absl::StrAppend(&text, ", and without ", Plural(dropped, "old one", "old ones"), ", ", FormatBytes(freed));
    }
  }
  facts.facts.push_back(Plain("cost", text));
  if (std::vector<std::string> times = TimesSentences(advice); !times.empty()) {
    facts.facts.push_back({.label = "time", .sentences = std::move(times), .sql = ""});
  }
  if (std::vector<std::string> proof = ProofSentences(certificate, statements); !proof.empty()) {
    facts.facts.push_back({.label = "proof", .sentences = std::move(proof), .sql = ""});
  }
  if (advice.partial) {
    facts.facts.push_back(Plain("partial", "stopped at a limit: the best found so far, not the end of the search"));
  }
}

// Before and after, and without this index where several advised ones share a statement: before -> after alone would
// credit each with the work of all.
std::string ServedText(const TemplateGain& gain, bool costs) {
  const bool shared = RoundCost(gain.cost_without) != RoundCost(gain.cost_before);
  const std::string cost = ChangeText(gain.cost_before, gain.cost_after, gain.penalty_before, gain.penalty_after);
  std::string text;
  std::string without;
  if (gain.ms_before && gain.ms_without && gain.ms_after) {
    text = MsChangeText(*gain.ms_before, *gain.ms_after);
    without = DurationText(*gain.ms_without);
    if (costs) absl::StrAppend(&text, ", cost ", cost);
  } else {
    text = cost;
    without = CostText(gain.cost_without);
  }
  absl::StrAppend(&text, ", weight ", WeightText(gain.weight));
  if (shared) absl::StrAppend(&text, "; without this index ", without);
  return text;
}

Entries ServedQueries(const Recommendation& recommendation, const Statements& statements, const Style& style) {
  const bool verbose = style.verbose;
  const std::size_t all = recommendation.templates.size();
  const std::size_t shown = verbose ? all : std::min(all, kServedQueries);
  Entries entries;
  for (std::size_t i = 0; i < shown; ++i) {
    const TemplateGain& gain = recommendation.templates[i];
    entries.entries.push_back({statements.ShortId(gain.id), statements.Brief(gain.id), ServedText(gain, style.costs)});
  }
  if (shown < all) {
    entries.more = absl::StrCat("and ", CountText(static_cast<std::int64_t>(all - shown)), " more with --verbose");
  }
  return entries;
}

void AddRecommendation(Document& document, std::size_t number, const Recommendation& item, const Statements& statements,
                       const Style& style) {
  const bool verbose = style.verbose;
  document.push_back(Subject{absl::StrCat(number, ". ", statements.Definition(item.definition)), item.id});
  Facts facts = RecommendationFacts(item, statements, style.costs);
  if (verbose && !item.rules.empty()) facts.facts.push_back(Plain("rules", absl::StrJoin(item.rules, ", ")));
  AddSteps(facts.facts, item.ddl, verbose, "all are listed below");
  document.push_back(std::move(facts));
  document.push_back(ServedQueries(item, statements, style));
}

// What stands in for "worth building" where limits of the options turned candidates down.
std::string WorthText(const std::vector<Rejection>& rejected) {
  const std::int64_t limited = std::count_if(rejected.begin(), rejected.end(), [](const Rejection& rejection) {
    constexpr std::array<std::string_view, 4> limits = {reason::kOverBudget, reason::kOverCount, reason::kOverTable,
                                                        reason::kOverMaintenance};
    return std::find(limits.begin(), limits.end(), rejection.code) != limits.end();
  });
  if (limited == 0) return "worth building";
  return absl::StrCat("both worth building and within the limits asked for (", CountText(limited),
                      limited == 1 ? " is" : " are", " beyond them)");
}

void AddRecommendations(Document& document, const Advice& advice, const Statements& statements, const Style& style) {
  if (advice.recommendations.empty()) {
    document.push_back(Heading{"Nothing to recommend"});
    document.push_back(
        Paragraph{absl::StrCat("None of the ", Plural(advice.certificate.candidates, "candidate", "candidates"),
                               " that these statements ask for is ", WorthText(advice.rejected), "; ",
                               ExaminedText(advice.workload, advice.costs.size(), statements),
                               ". What was turned down, and why, is listed below.")});
    return;
  }
  document.push_back(Heading{"Recommendations, largest gain first"});
  for (std::size_t i = 0; i < advice.recommendations.size(); ++i) {
    AddRecommendation(document, i + 1, advice.recommendations[i], statements, style);
  }
}

// What no index mends: the most time wasted first.
void AddFindings(Document& document, const Advice& advice, const Style& style) {
  if (!advice.findings || advice.findings->empty()) return;
  const std::size_t all = advice.findings->size();
  const std::size_t shown = style.verbose ? all : std::min(all, kFindings);
  document.push_back(
      Heading{absl::StrCat("Findings in the logs: ", Plural(static_cast<std::int64_t>(all), "loop", "loops"),
                           " of the application, which its code would mend and no index does")});
  for (std::size_t i = 0; i < shown; ++i) {
    const Finding& finding = (*advice.findings)[i];
    document.push_back(Subject{.text = FindingTitle(finding), .id = finding.id.substr(0, 8)});
    document.push_back(FindingFacts(finding, style, true));
  }
  document.push_back(Remark{absl::StrCat(
      shown < all ? absl::StrCat("and ", CountText(static_cast<std::int64_t>(all - shown)), " more with --verbose; ")
                  : "",
      "pgassay queries --nplusone says more of each")});
}

void AddRejected(Document& document, const Advice& advice, const Statements& statements, bool verbose) {
  if (advice.rejected.empty()) return;
  document.push_back(Heading{absl::StrCat(
      "Not recommended: ", Plural(static_cast<std::int64_t>(advice.rejected.size()), "index", "indexes"))});
  document.push_back(RejectedGroups(advice.rejected, statements, kRejectedLines, verbose));
}

// What the steps of several recommendations have in common is explained once.
void AddComment(Script& script, const std::string& comment, std::set<std::string>& written) {
  if (comment.empty() || !written.insert(comment).second) return;
  script.lines.push_back({ScriptLine::Kind::kWrappedRemark, comment});
}

void AddScript(Document& document, const Advice& advice, const Statements& statements) {
  if (advice.recommendations.empty()) return;
  document.push_back(Heading{"To apply: run one statement at a time, outside a transaction, and read what each says"});
  Script script;
  std::set<std::string> written;
  for (std::size_t i = 0; i < advice.recommendations.size(); ++i) {
    const Recommendation& item = advice.recommendations[i];
    script.lines.push_back({ScriptLine::Kind::kBlank, ""});
    script.lines.push_back(
        {ScriptLine::Kind::kRemark, absl::StrCat(i + 1, ". ", statements.Definition(item.definition))});
    for (const DdlStep& step : item.ddl) {
      // A query that is the same for every recommendation is asked once.
      if (step.lock == kNoLock && !written.insert(step.sql).second) continue;
      AddComment(script, step.note, written);
      if (step.lock != kNoLock) AddComment(script, absl::StrCat("Lock: ", step.lock), written);
      script.lines.push_back({ScriptLine::Kind::kSql, step.sql});
    }
    for (const DdlStep& step : item.undo) {
      script.lines.push_back(
          {ScriptLine::Kind::kRemark, absl::StrCat("undo: ", step.sql, step.sql.ends_with(';') ? "" : ";")});
    }
  }
  document.push_back(std::move(script));
}

}  // namespace

Document AdviceDocument(const Advice& advice, const Snapshot& snapshot, const Style& style) {
  const Statements statements(advice.workload, style.show_literals);
  Document document;
  document.push_back(Title{absl::StrCat("Index advice for database ", snapshot.database)});
  std::set<std::string> planned;
  for (const TemplateCost& cost : advice.costs) planned.insert(cost.id);
  Facts facts = WorkloadFacts(snapshot, advice.workload, statements,
                              [&](const Template& statement) { return planned.contains(statement.id); });
  AddTotals(facts, advice, statements);
  document.push_back(std::move(facts));
  AddFindings(document, advice.evidence, statements);
  AddRecommendations(document, advice, statements, style);
  AddExecuted(document, advice.evidence, statements, style, false);
  AddFrontier(document, advice);
  AddFindings(document, advice, style);
  AddRejected(document, advice, statements, style.verbose);
  AddSkipped(document, advice.workload, statements, style.verbose);
  AddWarnings(document, advice.warnings, statements);
  AddScript(document, advice, statements);
  document.push_back(Heading{"Examined"});
  document.push_back(
      Paragraph{absl::StrCat(ExaminedText(advice.workload, advice.costs.size(), statements), ", ",
                             Plural(advice.certificate.candidates, "candidate", "candidates"), ", ",
                             Plural(advice.certificate.planner_calls, "planner call", "planner calls"), ".")});
  return document;
}

}  // namespace pgassay::report
