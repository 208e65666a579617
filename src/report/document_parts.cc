#include "report/document_parts.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "advice/template_source.h"
#include "base/text.h"
#include "report/figures.h"
#include "report/observed.h"

namespace pgassay::report {
namespace {

// More items than this of one group say little more.
constexpr std::size_t kItemsOfGroup = 4;
constexpr std::size_t kSkippedLines = 15;
constexpr std::string_view kServerSource = "pg_stat_statements";  // Template::source
constexpr std::string_view kLogSource = "log";
constexpr std::string_view kFromStatistics = "statistics";  // Binding::source

std::string TemplatesText(const Workload& workload, const Statements& statements) {
  std::int64_t all = 0;
  std::int64_t searches = 0;
  std::int64_t search_bindings = 0;
  for (const Template& statement : workload.templates) {
    const bool is_search = statement.source.starts_with(advice::kForeignKeySource);
    (is_search ? searches : all) += 1;
    if (is_search) search_bindings += static_cast<std::int64_t>(statement.bindings.size());
  }
  const auto from_server = static_cast<std::int64_t>(
      std::ranges::count_if(workload.templates, [](const Template& t) { return t.source == kServerSource; }));
  const std::int64_t from_logs = std::ranges::count(workload.templates, kLogSource, &Template::source);
  std::int64_t from_statistics = 0;
  for (const Template& statement : workload.templates) {
    from_statistics += std::ranges::count(statement.bindings, kFromStatistics, &Binding::source);
  }
  const auto bindings = static_cast<std::int64_t>(statements.bindings());
  std::string text = Plural(all, "template", "templates");
  if (from_server == 0) {
    absl::StrAppend(&text, " from ", Plural(bindings - search_bindings, "statement", "statements"));
  } else {
    absl::StrAppend(&text, " from ", std::string(kServerSource));
    if (from_server < all) {
      const std::int64_t from_files = all - from_server - from_logs;
      std::vector<std::string> parts{
          absl::StrCat(Plural(from_server, "template", "templates"), " from ", std::string(kServerSource))};
      if (from_logs > 0) parts.push_back(absl::StrCat(CountText(from_logs), " from logs"));
      if (from_files > 0) parts.push_back(absl::StrCat(CountText(from_files), " from files"));
      text = absl::StrJoin(parts, " and ");
    }
    absl::StrAppend(&text, ", with ", Plural(bindings, "set of values", "sets of values"));
    if (from_statistics > 0) {
      absl::StrAppend(&text, ", ", CountText(from_statistics), " of them made from the planner's statistics");
    }
  }
  if (searches > 0) {
    absl::StrAppend(&text, "; ", Plural(searches, "search", "searches"), " of foreign keys for rows of their parents");
  }
  absl::StrAppend(&text, ", total weight ", WeightText(statements.weight()));
  if (!workload.skipped.empty()) {
    absl::StrAppend(&text, "; ", Plural(static_cast<std::int64_t>(workload.skipped.size()), "statement", "statements"),
                    " skipped (see below)");
  }
  return text;
}

}  // namespace

std::string ExaminedText(const Workload& workload, std::size_t planned, const Statements& statements) {
  const auto templates = static_cast<std::int64_t>(workload.templates.size());
  std::string text =
      absl::StrCat("examined ", Plural(static_cast<std::int64_t>(statements.bindings()), "statement", "statements"),
                   " in ", Plural(templates, "template", "templates"));
  if (planned != workload.templates.size()) {
    absl::StrAppend(&text, ", of which ", CountText(static_cast<std::int64_t>(planned)), " could be planned");
  }
  return text;
}

Fact ServerFact(const Snapshot& snapshot) {
  std::string server = absl::StrCat("PostgreSQL ", ServerVersion(snapshot.server_version));
  if (snapshot.standby) server += " (standby)";
  if (!snapshot.captured_at.empty()) absl::StrAppend(&server, ", captured ", snapshot.captured_at);
  if (snapshot.database_bytes > 0) absl::StrAppend(&server, ", ", FormatBytes(snapshot.database_bytes));
  return {.label = "server", .sentences = {server}, .sql = ""};
}

Facts WorkloadFacts(const Snapshot& snapshot, const Workload& workload, const Statements& statements,
                    const std::function<bool(const Template&)>& planned) {
  Facts facts;
  facts.facts.push_back(ServerFact(snapshot));
  facts.facts.push_back({.label = "workload", .sentences = {TemplatesText(workload, statements)}, .sql = ""});
  const std::string covers = CoverageText(ObserveTime(workload, planned), "planned", snapshot.statement_source);
  if (!covers.empty()) facts.facts.push_back({.label = "covers", .sentences = {covers}, .sql = ""});
  return facts;
}

std::vector<ReasonGroup> GroupByReason(const std::vector<std::pair<std::string, ReasonItem>>& codes_and_items,
                                       std::span<const ReasonPhrase> phrases) {
  std::map<std::string, std::vector<ReasonItem>> by_code;
  for (const auto& [code, item] : codes_and_items) by_code[code].push_back(item);
  std::vector<ReasonGroup> groups;
  for (const ReasonPhrase& phrase : phrases) {
    auto node = by_code.extract(std::string(phrase.code));
    if (!node.empty()) groups.push_back({node.key(), std::string(phrase.phrase), std::move(node.mapped())});
  }
  for (auto& [code, items] : by_code) groups.push_back({code, "", std::move(items)});
  return groups;
}

Groups MakeGroups(std::vector<ReasonGroup> groups, std::size_t max_lines, bool verbose) {
  Groups result;
  std::size_t lines_left = max_lines > groups.size() ? max_lines - groups.size() : 0;
  std::size_t hidden = 0;
  for (const ReasonGroup& group : groups) {
    const std::size_t shown = verbose ? group.items.size() : std::min({group.items.size(), lines_left, kItemsOfGroup});
    lines_left -= std::min(lines_left, shown);
    hidden += group.items.size() - shown;
    result.shown.push_back(shown);
  }
  if (hidden > 0) result.more = absl::StrCat(CountText(static_cast<std::int64_t>(hidden)), " more with --verbose");
  result.groups = std::move(groups);
  return result;
}

void AddSkipped(Document& document, const Workload& workload, const Statements& statements, bool verbose) {
  if (workload.skipped.empty()) return;
  document.push_back(Heading{absl::StrCat(
      "Skipped: ", Plural(static_cast<std::int64_t>(workload.skipped.size()), "statement", "statements"))});
  std::vector<std::pair<std::string, ReasonItem>> items;
  for (const Skipped& skipped : workload.skipped) {
    const std::string reason =
        QuotesServer(skipped.code) ? statements.ServerMessage(skipped.reason) : statements.Sentence(skipped.reason);
    items.emplace_back(skipped.code, ReasonItem{skipped.source, reason});
  }
  std::vector<ReasonGroup> groups = GroupByReason(items, SkippedPhrases());
  const ObservedTime time = ObserveTime(workload, [](const Template&) { return true; });
  for (ReasonGroup& group : groups) {
    const auto found = std::ranges::find(time.skipped, group.code, &TimeGroup::code);
    if (found == time.skipped.end() || found->total_ms <= 0) continue;
    absl::StrAppend(&group.phrase, group.phrase.empty() ? "" : ", ", PercentText(time.Share(found->total_ms)),
                    " of the observed time");
  }
  document.push_back(MakeGroups(std::move(groups), kSkippedLines, verbose));
}

void AddWarnings(Document& document, const std::vector<std::string>& warnings, const Statements& statements) {
  if (warnings.empty()) return;
  document.push_back(Heading{"Warnings"});
  Bullets bullets;
  for (const std::string& warning : warnings) bullets.sentences.push_back(statements.Sentence(warning));
  document.push_back(std::move(bullets));
}

std::string ChangeText(Cost before, Cost after, Cost penalty_before, Cost penalty_after) {
  const bool penalized = penalty_before != 0 || penalty_after != 0;
  return absl::StrCat(CostText(before), " -> ", CostText(after), " (",
                      FactorText(before - penalty_before, after - penalty_after), penalized ? " without penalties" : "",
                      ")");
}

}  // namespace pgassay::report
