#include "workload/log_filter.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/text.h"

namespace pgassay::workload {
namespace {

FilterVerdict JudgeName(const std::vector<std::string>& names, std::string_view name, FilterVerdict none,
                        FilterVerdict other) {
  if (names.empty() || std::ranges::find(names, name) != names.end()) return FilterVerdict::kPasses;
  return name.empty() ? none : other;
}

}  // namespace

std::string_view Slug(FilterVerdict verdict) {
  switch (verdict) {
    case FilterVerdict::kNoTime: return "no-time";
    case FilterVerdict::kSince: return "since";
    case FilterVerdict::kUntil: return "until";
    case FilterVerdict::kNoDatabase: return "no-database";
    case FilterVerdict::kDatabase: return "database";
    case FilterVerdict::kNoUser: return "no-user";
    case FilterVerdict::kUser: return "user";
    case FilterVerdict::kNoApplication: return "no-application";
    case FilterVerdict::kApplication: return "application";
    case FilterVerdict::kPasses:
    case FilterVerdict::kCount: break;
  }
  return "passes";
}

FilterVerdict Judge(const LogFilter& filter, const ingest::LogRecord& record) {
  if (record.time_us == ingest::kNoTime) {
    if (filter.since_us != LogFilter::kAlways || filter.until_us != LogFilter::kForever) return FilterVerdict::kNoTime;
  } else {
    if (record.time_us < filter.since_us) return FilterVerdict::kSince;
    if (record.time_us >= filter.until_us) return FilterVerdict::kUntil;
  }
  FilterVerdict verdict =
      JudgeName(filter.databases, record.database, FilterVerdict::kNoDatabase, FilterVerdict::kDatabase);
  if (verdict != FilterVerdict::kPasses) return verdict;
  verdict = JudgeName(filter.users, record.user, FilterVerdict::kNoUser, FilterVerdict::kUser);
  if (verdict != FilterVerdict::kPasses) return verdict;
  return JudgeName(filter.applications, record.application, FilterVerdict::kNoApplication,
                   FilterVerdict::kApplication);
}

}  // namespace pgassay::workload

namespace pgassay {
namespace {

constexpr std::string_view kSuffix = "; filtered by ";
constexpr std::string_view kSince = "--since ";
constexpr std::string_view kUntil = "--until ";

std::string TimeText(std::int64_t time_us) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", absl::FromUnixMicros(time_us), absl::UTCTimeZone());
}

void AppendNames(std::string& text, std::string_view option, std::vector<std::string> names) {
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::string& name : names) absl::StrAppend(&text, text.empty() ? "" : " ", ToAbsl(option), " ", name);
}

// Takes "--since TIME " from the beginning of `text`; empty: it is not there.
std::string_view TakeTime(std::string_view& text, std::string_view option) {
  if (!text.starts_with(option)) return {};
  text.remove_prefix(option.size());
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view time = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return time;
}

struct Times {
  std::int64_t since_us = LogFilter::kAlways;
  std::int64_t until_us = LogFilter::kForever;
};

// Takes the times away.
Times TakeTimes(std::string_view& text) {
  Times times;
  const auto read = [](std::string_view time, std::int64_t& us) {
    absl::Time parsed;
    std::string error;
    if (absl::ParseTime(absl::RFC3339_full, ToAbsl(time), &parsed, &error)) us = absl::ToUnixMicros(parsed);
  };
  read(TakeTime(text, kSince), times.since_us);
  read(TakeTime(text, kUntil), times.until_us);
  return times;
}

}  // namespace

std::string FilterText(const LogFilter& filter) {
  std::string text;
  if (filter.since_us != LogFilter::kAlways) absl::StrAppend(&text, ToAbsl(kSince), TimeText(filter.since_us));
  if (filter.until_us != LogFilter::kForever)
    absl::StrAppend(&text, text.empty() ? "" : " ", ToAbsl(kUntil), TimeText(filter.until_us));
  AppendNames(text, "--database", filter.databases);
  AppendNames(text, "--user", filter.users);
  AppendNames(text, "--application", filter.applications);
  return text;
}

std::string FilterSuffix(const LogFilter& filter, const std::string_view* before) {
  std::string text = FilterText(filter);
  if (before != nullptr && NamesOfFilter(*before) != NamesOfFilter(text)) {
    text = absl::StrCat(ToAbsl(kDifferentFilters), text.empty() ? "none" : text);
  } else if (before != nullptr && LacksEntries(*before, filter)) {
    text = *before;  // what was left out then is still missing
  }
  return text.empty() ? "" : absl::StrCat(ToAbsl(kSuffix), text);
}

std::string_view FilterTextOf(const LogFile& file) {
  const std::string_view format = file.format;
  const std::size_t at = format.find(kSuffix);
  return at == std::string_view::npos ? std::string_view() : format.substr(at + kSuffix.size());
}

std::string_view NamesOfFilter(std::string_view filter_text) {
  TakeTimes(filter_text);
  return filter_text;
}

bool LacksEntries(std::string_view before, const LogFilter& now) {
  const Times times = TakeTimes(before);
  if (now.since_us < times.since_us || now.until_us > times.until_us) return true;
  LogFilter names = now;
  names.since_us = LogFilter::kAlways;
  names.until_us = LogFilter::kForever;
  return !before.empty() && before != FilterText(names);
}

}  // namespace pgassay
