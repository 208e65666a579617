#include "cli/ingest_summary.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace pgassay::cli {
namespace {

// Above this share of lines that belong to no entry, something is wrong with the format.
constexpr double kManyUnknown = 0.05;
constexpr std::size_t kShownBytes = 120;

std::string Count(std::uint64_t count) { return FormatNumber(static_cast<double>(count), 18); }

std::string Bytes(std::uint64_t bytes) { return FormatBytes(static_cast<std::int64_t>(bytes)); }

std::uint64_t Unknown(const LogFile& file) {
  std::uint64_t unknown = 0;
  for (const auto& [kind, lines] : file.unknown_lines) unknown += lines;
  return unknown;
}

std::string Share(std::uint64_t part, std::uint64_t whole) {
  return absl::StrCat(FormatNumber(whole > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0, 2), " %");
}

// "40 s", "3 min", "2 h".
std::string TimeLeft(double seconds) {
  if (seconds < 90) return absl::StrCat(static_cast<std::int64_t>(std::ceil(seconds)), " s");
  if (seconds < 90 * 60) return absl::StrCat(static_cast<std::int64_t>(std::round(seconds / 60)), " min");
  return absl::StrCat(FormatNumber(seconds / 3600, 2), " h");
}

std::string FilterNote(std::string_view filter) {
  return filter.empty() ? "not filtered" : absl::StrCat("filtered by ", ToAbsl(Printable(filter)));
}

// How many entries each filter kept out. Where that is all because the log does not name what is asked for, it says so.
std::string Filtered(const IngestedLog& log, const std::string& name) {
  std::uint64_t all = 0;
  std::uint64_t unnamed = 0;
  std::string reasons;
  for (const auto& [slug, entries] : log.filtered) {
    all += entries;
    if (slug.starts_with("no-")) unnamed += entries;
    absl::StrAppend(&reasons, reasons.empty() ? "" : ", ", slug, " ", Count(entries));
  }
  std::string line = absl::StrCat(name, ": ", Count(all), all == 1 ? " entry" : " entries", " filtered out (", reasons, ")");
  if (unnamed > 0 && unnamed == all && all >= log.file.entries)
    line += "; warning: no entry says what the filter asks for; is it in the server's log_line_prefix (%d, %u, %a)?";
  return line;
}

}  // namespace

std::string ProgressMeter::Text(std::string_view name, std::uint64_t bytes, std::optional<std::uint64_t> size,
                                double seconds) {
  constexpr double kWindow = 5;
  constexpr double kStep = 0.1;
  constexpr std::size_t kWidth = 20;
  if (points_.empty() || seconds - points_.back().seconds >= kStep) points_.push_back({seconds, bytes});
  while (points_.size() > 2 && points_[1].seconds < seconds - kWindow) points_.pop_front();
  std::string text;
  if (size && *size > 0) {
    const double share = std::min(static_cast<double>(bytes) / static_cast<double>(*size), 1.0);
    const auto full = static_cast<std::size_t>(share * kWidth);
    const std::string percent = absl::StrCat(static_cast<int>(share * 100));
    absl::StrAppend(&text, "[", std::string(full, '#'), std::string(kWidth - full, '-'), "] ",
                    std::string(3 - std::min<std::size_t>(percent.size(), 3), ' '), percent, " %  ");
  }
  absl::StrAppend(&text, Bytes(bytes));
  if (size) absl::StrAppend(&text, " of ", Bytes(*size));
  const Point& from = points_.front();
  if (const double passed = seconds - from.seconds; passed >= 0.5 && bytes > from.bytes) {
    const double rate = static_cast<double>(bytes - from.bytes) / passed;
    absl::StrAppend(&text, ", ", Bytes(static_cast<std::uint64_t>(rate)), "/s");
    if (size && *size > bytes) absl::StrAppend(&text, ", ", TimeLeft(static_cast<double>(*size - bytes) / rate), " left");
  }
  absl::StrAppend(&text, "  ", Printable(name.substr(name.rfind('/') + 1)));
  return text;
}

std::vector<std::string> SummarizeLog(const IngestedLog& log) {
  std::vector<std::string> lines;
  const std::string name = Printable(log.file.name);
  if (!log.status.ok()) {
    const std::string message(log.status.message());
    // Most messages name the file themselves.
    const bool named = name.empty() || message.find(name) != std::string::npos;
    lines.push_back(absl::StrCat(
        log.added_bytes > 0 ? "not read to its end: " : "not read: ", named ? "" : absl::StrCat(name, ": "), message));
    if (log.added_bytes == 0) return lines;
  }
  if (log.lacks_entries) {
    lines.push_back(absl::StrCat(name, ": warning: what was read of it before was ", FilterNote(FilterTextOf(*log.replaces)),
                                 " and is not read again; for what was left out, ingest into another assay file"));
  }
  if (log.added_bytes == 0 && log.unfinished_bytes == 0) {
    lines.push_back(log.replaces ? absl::StrCat(name, ": nothing new") : absl::StrCat(name, ": empty"));
    return lines;
  }
  const LogFile& file = log.file;
  const std::uint64_t unknown = Unknown(file);
  const std::uint64_t all = file.entries + file.continuation_lines + file.empty_lines + unknown;
  lines.push_back(absl::StrCat(name, ": ", Bytes(log.added_bytes), log.replaces ? " more" : "", ", ", Printable(file.format),
                               ", ", Count(all), " lines, ", Count(file.entries), " entries"));
  if (!log.filtered.empty()) lines.push_back(Filtered(log, name));
  if (log.format_changes > 0) {
    lines.push_back(absl::StrCat(name, ": its format changed ", Count(log.format_changes),
                                 log.format_changes == 1 ? " time" : " times", " midway"));
  }
  if (log.unfinished_bytes > 0) {
    lines.push_back(absl::StrCat(name, ": a last line of ", Count(log.unfinished_bytes),
                                 " bytes has no end yet; it is read when the log has grown"));
  }
  if (log.lone_durations > 0) {
    lines.push_back(absl::StrCat(name, ": ", Count(log.lone_durations),
                                 log.lone_durations == 1 ? " duration has" : " durations have",
                                 " no statement: of parse and bind steps, or statements that are not logged or in "
                                 "another log"));
  }
  if (unknown > 0) {
    const bool many = static_cast<double>(unknown) > kManyUnknown * static_cast<double>(all);
    lines.push_back(absl::StrCat(name, ": ", many ? "warning: " : "", Count(unknown), " lines (", Share(unknown, all),
                                 ") belong to no entry", many ? "; give the server's --log-line-prefix if it is another" : ""));
    for (const auto& [kind, samples] : log.unknown_samples) {
      for (const std::string& sample : samples) {
        lines.push_back(absl::StrCat("  ", kind, ": ", Printable(std::string_view(sample).substr(0, kShownBytes))));
      }
    }
  }
  return lines;
}

std::map<std::string, std::uint64_t> NameFilters(const LogWorkload& logs) {
  std::map<std::string, std::uint64_t> filters;
  for (const LogFile& file : logs.files) ++filters[std::string(NamesOfFilter(FilterTextOf(file)))];
  return filters;
}

std::vector<std::string> SummarizeLogs(const LogWorkload& logs, std::string_view path) {
  std::int64_t calls = 0;
  std::int64_t total_us = 0;
  std::int64_t failed = 0;
  for (const LogTemplate& of : logs.templates) {
    calls += of.counters.calls;
    total_us += of.counters.total_us;
    failed += of.counters.failed;
  }
  std::vector<std::string> lines;
  lines.push_back(absl::StrCat(ToAbsl(path), ": ", Count(logs.files.size()), logs.files.size() == 1 ? " log, " : " logs, ",
                               Count(logs.templates.size()), " templates, ", Count(static_cast<std::uint64_t>(calls)),
                               " calls, ", FormatNumber(static_cast<double>(total_us) / 1e6), " s",
                               failed > 0 ? absl::StrCat(", ", Count(static_cast<std::uint64_t>(failed)), " failed") : ""));
  std::string groups;
  for (const LogGroup& group : logs.not_kept) {
    absl::StrAppend(&groups, groups.empty() ? "not kept: " : ", ", group.code, group.detail.empty() ? "" : " ", group.detail, " ",
                    Count(static_cast<std::uint64_t>(group.calls)));
  }
  if (!groups.empty()) lines.push_back(groups);
  if (const std::map<std::string, std::uint64_t> filters = NameFilters(logs);
      filters.size() > 1 || (!filters.empty() && filters.begin()->first.starts_with(kDifferentFilters))) {
    std::string line = absl::StrCat(ToAbsl(path), ": warning: its logs were filtered in different ways, so shares and ranks mix them: ");
    bool first = true;
    for (const auto& [filter, files] : filters) {
      absl::StrAppend(&line, first ? "" : "; ", Count(files), files == 1 ? " log " : " logs ", FilterNote(filter));
      first = false;
    }
    lines.push_back(line);
  }
  return lines;
}

}  // namespace pgassay::cli
