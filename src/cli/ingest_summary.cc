#include "cli/ingest_summary.h"

#include <algorithm>
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

}  // namespace

std::string ProgressText(std::string_view name, std::uint64_t bytes, std::optional<std::uint64_t> size,
                         double seconds) {
  std::string text = absl::StrCat("reading ", ToAbsl(Printable(name)), ": ", Bytes(bytes));
  if (size) absl::StrAppend(&text, " of ", Bytes(*size));
  if (seconds < 0.5 || bytes == 0) return text;
  const double rate = static_cast<double>(bytes) / seconds;
  absl::StrAppend(&text, ", ", Bytes(static_cast<std::uint64_t>(rate)), "/s");
  if (size && *size > bytes) absl::StrAppend(&text, ", ", FormatNumber(static_cast<double>(*size - bytes) / rate, 2), " s left");
  return text;
}

std::vector<std::string> SummarizeLog(const IngestedLog& log) {
  std::vector<std::string> lines;
  const std::string name = Printable(log.file.name);
  if (!log.status.ok()) {
    const std::string message(log.status.message());
    // Most messages name the file themselves.
    const bool named = name.empty() || message.find(name) != std::string::npos;
    lines.push_back(absl::StrCat("not read: ", named ? "" : absl::StrCat(name, ": "), message));
    return lines;
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
  if (log.format_changes > 0) {
    lines.push_back(absl::StrCat(name, ": its format changed ", Count(log.format_changes),
                                 log.format_changes == 1 ? " time" : " times", " midway"));
  }
  if (log.unfinished_bytes > 0) {
    lines.push_back(absl::StrCat(name, ": a last line of ", Count(log.unfinished_bytes),
                                 " bytes has no end yet; it is read when the log has grown"));
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
  return lines;
}

}  // namespace pgassay::cli
