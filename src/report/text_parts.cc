#include "report/text_parts.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "report/figures.h"

namespace pgassay::report {
namespace {

// More items than this of one group say little more.
constexpr std::size_t kItemsOfGroup = 4;
constexpr std::size_t kSkippedLines = 15;

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

void WriteHeader(Page& page, std::string_view title, const Snapshot& snapshot, const Workload& workload,
                 const Statements& statements) {
  page.Strong(0, absl::StrCat(ToAbsl(title), " for database ", snapshot.database), "");
  std::string server = absl::StrCat("PostgreSQL ", ServerVersion(snapshot.server_version));
  if (snapshot.standby) server += " (standby)";
  if (!snapshot.captured_at.empty()) absl::StrAppend(&server, ", captured ", snapshot.captured_at);
  if (snapshot.database_bytes > 0) absl::StrAppend(&server, ", ", FormatBytes(snapshot.database_bytes));
  constexpr std::size_t kLabel = 10;
  page.Hanging(2, "server", server, kLabel);
  const auto templates = static_cast<std::int64_t>(workload.templates.size());
  std::string text = absl::StrCat(Plural(templates, "template", "templates"), " from ",
                                  Plural(static_cast<std::int64_t>(statements.bindings()), "statement", "statements"),
                                  ", total weight ", WeightText(statements.weight()));
  if (!workload.skipped.empty()) {
    absl::StrAppend(&text, "; ", Plural(static_cast<std::int64_t>(workload.skipped.size()), "statement", "statements"),
                    " skipped (see below)");
  }
  page.Hanging(2, "workload", text, kLabel);
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

void WriteGroups(Page& page, const std::vector<ReasonGroup>& groups, std::size_t max_lines, bool verbose) {
  std::size_t lines_left = max_lines > groups.size() ? max_lines - groups.size() : 0;
  std::size_t hidden = 0;
  std::size_t count_width = 0;
  std::size_t code_width = 0;
  for (const ReasonGroup& group : groups) {
    count_width = std::max(count_width, CountText(static_cast<std::int64_t>(group.items.size())).size());
    code_width = std::max(code_width, TextWidth(group.code));
  }
  for (const ReasonGroup& group : groups) {
    const std::string count = CountText(static_cast<std::int64_t>(group.items.size()));
    const std::string label = absl::StrCat(std::string(count_width - count.size(), ' '), count, "  ", group.code);
    page.Hanging(2, label, group.phrase, count_width + code_width + 4);
    const std::size_t shown = verbose ? group.items.size() : std::min({group.items.size(), lines_left, kItemsOfGroup});
    for (std::size_t i = 0; i < shown; ++i) {
      const ReasonItem& item = group.items[i];
      page.Hanging(2, "", item.sentence.empty() ? item.subject : absl::StrCat(item.subject, ": ", item.sentence),
                   count_width + 4);
    }
    lines_left -= std::min(lines_left, shown);
    hidden += group.items.size() - shown;
  }
  if (hidden > 0) page.Line(2, absl::StrCat(CountText(static_cast<std::int64_t>(hidden)), " more with --verbose"));
}

void WriteSkipped(Page& page, const Workload& workload, const Statements& statements, bool verbose) {
  if (workload.skipped.empty()) return;
  page.Heading(
      absl::StrCat("Skipped: ", Plural(static_cast<std::int64_t>(workload.skipped.size()), "statement", "statements")));
  std::vector<std::pair<std::string, ReasonItem>> items;
  for (const Skipped& skipped : workload.skipped) {
    const std::string reason =
        QuotesServer(skipped.code) ? statements.ServerMessage(skipped.reason) : statements.Sentence(skipped.reason);
    items.emplace_back(skipped.code, ReasonItem{skipped.source, reason});
  }
  WriteGroups(page, GroupByReason(items, SkippedPhrases()), kSkippedLines, verbose);
}

void WriteWarnings(Page& page, const std::vector<std::string>& warnings, const Statements& statements) {
  if (warnings.empty()) return;
  page.Heading("Warnings");
  for (const std::string& warning : warnings) page.Hanging(2, "-", statements.Sentence(warning), 2);
}

}  // namespace pgassay::report
