#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "advice/reason_codes.h"
#include "base/text.h"
#include "report/figures.h"
#include "report/page.h"
#include "report/render.h"
#include "report/statements.h"
#include "report/text_parts.h"

namespace pgassay::report {
namespace {

constexpr std::size_t kServedQueries = 5;  // of one recommendation
constexpr std::size_t kRejectedLines = 15;
constexpr std::size_t kLabelWidth = 8;
constexpr std::string_view kNoLock = "none";  // DdlStep::lock of a query

void WriteTotals(Page& page, const Advice& advice) {
  const Certificate& certificate = advice.certificate;
  Bytes size = 0;
  for (const Recommendation& item : advice.recommendations) size += item.size_bytes;
  std::string text = CostText(certificate.cost_before);
  if (!advice.recommendations.empty()) {
    const double saved = certificate.cost_before > 0 ? 1 - certificate.cost_after / certificate.cost_before : 0;
    absl::StrAppend(&text, " -> ", CostText(certificate.cost_after), "  (",
                    FactorText(certificate.cost_before, certificate.cost_after), ", ", PercentText(saved),
                    " saved) with ",
                    Plural(static_cast<std::int64_t>(advice.recommendations.size()), "new index", "new indexes"), ", ",
                    FormatBytes(size));
  }
  page.Hanging(2, "cost", text, kLabelWidth + 2);
  if (certificate.lower_bound && certificate.gap) {
    page.Hanging(2, "bound",
                 absl::StrCat("no set of these candidates costs less than ", CostText(*certificate.lower_bound),
                              "; gap ", PercentText(*certificate.gap)),
                 kLabelWidth + 2);
  }
  if (advice.partial) {
    page.Hanging(2, "partial", "stopped at a limit: the best found so far, not the end of the search", kLabelWidth + 2);
  }
}

void WriteServedQueries(Page& page, const Recommendation& recommendation, const Statements& statements, bool verbose) {
  const std::size_t all = recommendation.templates.size();
  const std::size_t shown = verbose ? all : std::min(all, kServedQueries);
  for (std::size_t i = 0; i < shown; ++i) {
    const TemplateGain& gain = recommendation.templates[i];
    page.Shortened(4, absl::StrCat(ShortId(gain.id), "  ", statements.Brief(gain.id)));
    std::string figures =
        absl::StrCat(CostText(gain.cost_before), " -> ", CostText(gain.cost_after), " (",
                     FactorText(gain.cost_before, gain.cost_after), "), weight ", WeightText(gain.weight));
    // Where several advised indexes share a statement, before -> after alone would credit each with the work of all.
    if (RoundCost(gain.cost_without) != RoundCost(gain.cost_before)) {
      absl::StrAppend(&figures, "; without this index ", CostText(gain.cost_without));
    }
    page.Line(14, figures);
  }
  if (shown < all)
    page.Line(4, absl::StrCat("and ", CountText(static_cast<std::int64_t>(all - shown)), " more with --verbose"));
}

void WriteRecommendation(Page& page, std::size_t number, const Recommendation& item, const Statements& statements,
                         bool verbose) {
  page.Blank();
  page.Strong(0, absl::StrCat(number, ". ", statements.Definition(item.definition)), item.id);
  page.Hanging(4, "gain",
               absl::StrCat(PercentText(item.share), " of the total cost (", CostText(item.gain), "), ", item.label,
                            ", confidence ", item.confidence),
               kLabelWidth);
  page.Hanging(4, "size",
               absl::StrCat(FormatBytes(item.size_bytes), " predicted",
                            item.size_rests_on_estimate ? " (rests on a guess of distinct values)" : ""),
               kLabelWidth);
  for (std::size_t i = 0; i < item.why.size(); ++i) {
    page.Hanging(4, i == 0 ? "why" : "", statements.Sentence(item.why[i]), kLabelWidth);
  }
  if (verbose && !item.rules.empty()) {
    std::vector<std::string> rules;
    for (const int rule : item.rules) rules.push_back(absl::StrCat(rule));
    std::string text = rules.front();
    for (std::size_t i = 1; i < rules.size(); ++i) absl::StrAppend(&text, ", ", rules[i]);
    page.Hanging(4, "rules", text, kLabelWidth);
  }
  for (const DdlStep& step : item.ddl) {
    if (step.lock != kNoLock) page.Line(4, absl::StrCat("do      ", step.sql));  // SQL is never wrapped
  }
  WriteServedQueries(page, item, statements, verbose);
}

void WriteRecommendations(Page& page, const Advice& advice, const Statements& statements, bool verbose) {
  if (advice.recommendations.empty()) {
    page.Heading("Nothing to recommend");
    page.Paragraph(2, absl::StrCat("None of the ", Plural(advice.certificate.candidates, "candidate", "candidates"),
                                   " that these statements ask for is worth building; ",
                                   ExaminedText(advice.workload, advice.costs.size(), statements),
                                   ". What was turned down, "
                                   "and why, is listed below."));
    return;
  }
  page.Heading("Recommendations, largest gain first");
  for (std::size_t i = 0; i < advice.recommendations.size(); ++i) {
    WriteRecommendation(page, i + 1, advice.recommendations[i], statements, verbose);
  }
}

// Codes whose phrase says all that the sentence about one candidate would say.
bool PhraseSaysAll(std::string_view code) {
  return code == reason::kNeverUsed || code == reason::kNoGain || code == reason::kCoveredByWider ||
         code == reason::kExists || code == reason::kCoveredByExisting || code == reason::kUniquePrefix;
}

ReasonItem RejectedItem(const Rejection& rejection, const Statements& statements) {
  std::string sentence;
  if (!PhraseSaysAll(rejection.code)) {
    sentence = QuotesServer(rejection.code) ? statements.ServerMessage(rejection.detail)
                                            : statements.Sentence(rejection.detail);
  }
  if (!rejection.by.empty()) {
    absl::StrAppend(&sentence, sentence.empty() ? "" : " ", "See ", statements.Definition(rejection.by));
  }
  return {statements.Definition(rejection.definition), sentence};
}

void WriteRejected(Page& page, const Advice& advice, const Statements& statements, bool verbose) {
  if (advice.rejected.empty()) return;
  page.Heading(
      absl::StrCat("Not recommended: ", Plural(static_cast<std::int64_t>(advice.rejected.size()), "index", "indexes")));
  std::vector<std::pair<std::string, ReasonItem>> items;
  for (const Rejection& rejection : advice.rejected) {
    items.emplace_back(rejection.code, RejectedItem(rejection, statements));
  }
  WriteGroups(page, GroupByReason(items, RejectionPhrases()), kRejectedLines, verbose);
}

// SQL to be copied must stay what it is, down to the byte; SQL that a terminal would obey is not shown raw.
void WriteSql(Page& page, std::string_view sql) {
  bool raw = true;
  for (const absl::string_view line : absl::StrSplit(ToAbsl(sql), '\n')) {
    raw = raw && Printable(FromAbsl(line)) == FromAbsl(line);
  }
  if (raw) {
    page.Verbatim(absl::StrCat(ToAbsl(sql), sql.ends_with(';') ? "" : ";"));
  } else {
    page.Line(0, "-- holds control characters, so it is shown escaped; --json has it as it is:");
    page.Line(0, absl::StrCat("-- ", ToAbsl(sql)));
  }
}

// What the steps of several recommendations have in common is explained once.
void WriteComment(Page& page, const std::string& comment, std::set<std::string>& written) {
  if (!comment.empty() && written.insert(comment).second) page.Prefixed("-- ", comment);
}

void WriteScript(Page& page, const Advice& advice, const Statements& statements) {
  if (advice.recommendations.empty()) return;
  page.Heading("To apply: run one statement at a time, outside a transaction, and read what each says");
  std::set<std::string> written;
  for (std::size_t i = 0; i < advice.recommendations.size(); ++i) {
    const Recommendation& item = advice.recommendations[i];
    page.Blank();
    page.Line(0, absl::StrCat("-- ", i + 1, ". ", statements.Definition(item.definition)));
    for (const DdlStep& step : item.ddl) {
      // A query that is the same for every recommendation is asked once.
      if (step.lock == kNoLock && !written.insert(step.sql).second) continue;
      WriteComment(page, step.note, written);
      if (step.lock != kNoLock) WriteComment(page, absl::StrCat("Lock: ", step.lock), written);
      WriteSql(page, step.sql);
    }
    for (const DdlStep& step : item.undo) {
      page.Line(0, absl::StrCat("-- undo: ", step.sql, step.sql.ends_with(';') ? "" : ";"));
    }
  }
}

}  // namespace

std::string AdviceText(const Advice& advice, const Snapshot& snapshot, const Style& style) {
  const Statements statements(advice.workload, style.show_literals);
  Page page(style.width, style.color);
  WriteHeader(page, "Index advice", snapshot, advice.workload, statements);
  WriteTotals(page, advice);
  WriteRecommendations(page, advice, statements, style.verbose);
  WriteRejected(page, advice, statements, style.verbose);
  WriteSkipped(page, advice.workload, statements, style.verbose);
  WriteWarnings(page, advice.warnings, statements);
  WriteScript(page, advice, statements);
  page.Heading("Examined");
  page.Paragraph(2, absl::StrCat(ExaminedText(advice.workload, advice.costs.size(), statements), ", ",
                                 Plural(advice.certificate.candidates, "candidate", "candidates"), ", ",
                                 Plural(advice.certificate.planner_calls, "planner call", "planner calls"), "."));
  return page.Take();
}

}  // namespace pgassay::report
