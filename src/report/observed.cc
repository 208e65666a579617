#include "report/observed.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "report/figures.h"

namespace pgassay::report {
namespace {

// More groups than this say little more.
constexpr std::size_t kShownGroups = 4;
constexpr std::string_view kOtherDatabase = "other-database";  // StatementGroup::code

void SortLongestFirst(std::vector<TimeGroup>& groups) {
  std::ranges::stable_sort(groups, [](const TimeGroup& a, const TimeGroup& b) { return a.total_ms > b.total_ms; });
}

// "8.7 % (utility-statement 8.0 %, own-statement 0.7 %)", groups of one code taken together.
std::string GroupsText(const std::vector<TimeGroup>& groups, const ObservedTime& time) {
  std::map<std::string, double> by_code;
  double sum = 0;
  for (const TimeGroup& group : groups) {
    if (group.elsewhere) continue;
    by_code[group.code] += group.total_ms;
    sum += group.total_ms;
  }
  std::vector<std::pair<std::string, double>> sorted(by_code.begin(), by_code.end());
  std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text = PercentText(time.Share(sum));
  for (std::size_t i = 0; i < std::min(sorted.size(), kShownGroups); ++i) {
    absl::StrAppend(&text, i == 0 ? " (" : ", ", sorted[i].first, " ", PercentText(time.Share(sorted[i].second)));
  }
  if (sorted.size() > kShownGroups) absl::StrAppend(&text, ", ...");
  return text + ")";
}

bool HasAny(const std::vector<TimeGroup>& groups) {
  return std::ranges::any_of(groups, [](const TimeGroup& group) { return !group.elsewhere; });
}

}  // namespace

double Positive(double value) {
  constexpr double kMost = 1e18;  // milliseconds, 30 million years: sums stay finite
  return std::isfinite(value) && value > 0 ? std::min(value, kMost) : 0;
}

ObservedTime ObserveTime(const Workload& workload, const std::function<bool(const Template&)>& selected) {
  ObservedTime time;
  for (const Template& statement : workload.templates) {
    const double ms = statement.observed ? Positive(statement.observed->total_ms) : 0;
    time.templates_ms += ms;
    if (selected(statement)) time.selected_ms += ms;
  }
  time.total_ms = time.templates_ms;
  // What was skipped after it became a template is counted with the template.
  std::set<std::string> counted;
  for (const Template& statement : workload.templates) counted.insert(statement.fingerprint);
  std::map<std::string, TimeGroup> skipped;
  for (const Skipped& item : workload.skipped) {
    TimeGroup& group = skipped[item.code];
    group.code = item.code;
    ++group.statements;
    group.total_ms += Positive(item.total_ms);
    if (!counted.contains(item.fingerprint)) time.total_ms += Positive(item.total_ms);
  }
  for (auto& [code, group] : skipped) time.skipped.push_back(std::move(group));
  for (const StatementGroup& group : workload.not_kept) {
    time.not_kept.push_back({.code = group.code,
                             .detail = group.detail,
                             .statements = group.statements,
                             .calls = group.calls,
                             .total_ms = Positive(group.total_ms),
                             .elsewhere = group.code == kOtherDatabase});
    if (!time.not_kept.back().elsewhere) time.total_ms += time.not_kept.back().total_ms;
  }
  SortLongestFirst(time.skipped);
  SortLongestFirst(time.not_kept);
  return time;
}

std::string CoverageText(const ObservedTime& time, const std::string& verb, const StatementSource& source) {
  if (time.total_ms <= 0) return "";
  std::string text = absl::StrCat(verb, " ", PercentText(time.Share(time.selected_ms)), " of ",
                                  DurationText(time.total_ms), " observed");
  if (source.reset_at) absl::StrAppend(&text, " since ", *source.reset_at);
  if (!time.skipped.empty()) absl::StrAppend(&text, "; skipped ", GroupsText(time.skipped, time));
  if (HasAny(time.not_kept)) absl::StrAppend(&text, "; not kept ", GroupsText(time.not_kept, time));
  return text;
}

Json TimeGroupsJson(const std::vector<TimeGroup>& groups, const ObservedTime& time) {
  Json list = Json::array();
  for (const TimeGroup& group : groups) {
    list.push_back(Json{{"code", group.code},
                        {"detail", group.detail},
                        {"statements", group.statements},
                        {"calls", group.calls},
                        {"total_ms", MillisecondsJson(group.total_ms)},
                        {"share", group.elsewhere ? Json(nullptr) : Json(RoundShare(time.Share(group.total_ms)))}});
  }
  return list;
}

Json CoverageJson(const ObservedTime& time) {
  if (time.total_ms <= 0) return nullptr;
  return Json{{"total_ms", MillisecondsJson(time.total_ms)},
              {"planned_ms", MillisecondsJson(time.selected_ms)},
              {"planned_share", RoundShare(time.Share(time.selected_ms))}};
}

}  // namespace pgassay::report
