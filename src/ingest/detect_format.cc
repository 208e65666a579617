// Every format that shows a sign of itself is tried with its own reader; the one that reads the most lines wins.

#include "ingest/detect_format.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "ingest/cloud_reader.h"
#include "ingest/csv_reader.h"
#include "ingest/infer_prefix.h"
#include "ingest/json_reader.h"
#include "ingest/line_time.h"
#include "ingest/lines.h"
#include "ingest/prefix_pieces.h"
#include "ingest/syslog_line.h"

namespace pgassay::ingest {
namespace {

constexpr std::size_t kMostSigns = 200;     // lines in which signs of a format are looked for
constexpr int kMostRounds = 4;              // of a prefix that leads to another one
constexpr std::size_t kSampleBytes = 120;   // of a line in a message

std::vector<std::string_view> LinesOf(std::string_view head) {
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at < head.size();) {
    const std::size_t end = LineEnd(head, at);
    const std::string_view line = WithoutLineEnd(head.substr(at, end - at));
    if (!IsBlank(line)) lines.push_back(line);
    at = end;
  }
  return lines;
}

template <typename Sign>
bool AnyLine(std::span<const std::string_view> lines, const Sign& sign) {
  return std::any_of(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(std::min(lines.size(), kMostSigns)), sign);
}

// How much of a log a format explains.
struct Fit {
  LogFormat format;
  std::uint64_t entries = 0;
  double share = 0;  // of the lines that are not empty
};

class Detection {
 public:
  Detection(std::string_view head, const FormatHints& hints) : hints_(hints), text_(head), lines_(LinesOf(head)) {
    // The last line may be cut off; but if it is all there is, it is looked at as it stands.
    if (!text_.empty() && text_.back() != '\n') {
      const std::size_t newline = text_.rfind('\n');
      if (newline == std::string::npos) {
        text_ += '\n';
      } else {
        text_.resize(newline + 1);
        if (lines_.size() > 1) lines_.pop_back();
      }
    }
  }

  absl::StatusOr<LogFormat> Run() {
    TryJson();
    TryCloud();
    // The lines of such logs also look like text with a strange prefix.
    if (best_ && best_->share > 0.5) return best_->format;
    TryCsv();
    TrySyslog();
    TryText();
    if (!best_) return Nothing();
    return best_->format;
  }

 private:
  void Try(LogFormat format) {
    format.default_utc_offset_s = hints_.default_utc_offset_s;
    format.latest_us = format.kind == FormatKind::kSyslog ? hints_.latest_us : kNoTime;
    const absl::StatusOr<std::unique_ptr<LogReader>> reader = MakeReader(format);
    if (!reader.ok()) return;
    LineCounts counts;
    (*reader)->Read(text_, true, false, [](const LogRecord& /*record*/) {}, counts);
    const std::uint64_t lines = counts.Lines() - counts.empty;
    if (counts.entries == 0 || lines == 0) return;
    Fit fit{.format = std::move(format),
            .entries = counts.entries,
            .share = static_cast<double>(counts.entries + counts.continuations) / static_cast<double>(lines)};
    if (!best_ || best_->share < fit.share) best_ = std::move(fit);
  }

  void TryJson() {
    if (AnyLine(lines_, [](std::string_view line) { return line.starts_with('{') && IsJsonLogLine(line); })) {
      Try({.kind = FormatKind::kJson, .line_prefix = {}});
    }
  }

  void TryCloud() {
    if (!AnyLine(lines_, [](std::string_view line) { return line.find_first_of("{[") == line.find_first_not_of(" \t"); })) {
      return;
    }
    const CloudSigns signs = FindCloudSigns(text_);
    if (!signs.server) return;
    const std::vector<std::string_view> texts(signs.texts.begin(), signs.texts.end());
    const std::optional<InferredPrefix> prefix = InferPrefix(texts, hints_.line_prefix, hints_.default_utc_offset_s);
    Try({.kind = FormatKind::kCloud, .line_prefix = prefix ? prefix->line_prefix : ""});
  }

  void TryCsv() {
    std::size_t at = 0;
    for (std::size_t line = 0; line < kMostSigns && at < text_.size(); ++line) {
      const std::string_view rest = std::string_view(text_).substr(at);
      const std::size_t columns = CsvColumns(rest);
      if (columns >= 23) {
        Try({.kind = FormatKind::kCsv, .line_prefix = {}, .csv_columns = static_cast<int>(columns)});
        return;
      }
      at = LineEnd(text_, at);
    }
  }

  // Its own header, then what the server wrote; the prefix is often empty, since syslog tells time and process.
  void TrySyslog() {
    SyslogHeader header(hints_.default_utc_offset_s, kNoTime);
    std::vector<std::string_view> texts;
    bool logplex = false;
    std::size_t bare = 0;
    for (const std::string_view whole : lines_) {
      SyslogLine line;
      if (!header.Read(whole, line) || line.chunk > 1) continue;
      const std::optional<std::size_t> head = HeadSize(line.text);
      if (!head) continue;
      logplex = logplex || line.logplex;
      bare += *head == 0 ? 1 : 0;
      texts.push_back(line.text);
    }
    if (texts.empty()) return;
    const FormatKind kind = logplex ? FormatKind::kLogplex : FormatKind::kSyslog;
    if (bare * 2 > texts.size()) {
      Try({.kind = kind, .line_prefix = {}});
      return;
    }
    const std::optional<InferredPrefix> prefix = InferPrefix(texts, hints_.line_prefix, hints_.default_utc_offset_s);
    if (prefix) Try({.kind = kind, .line_prefix = prefix->line_prefix});
  }

  void TryText() {
    const std::optional<InferredPrefix> prefix =
        InferPrefix(lines_, hints_.line_prefix, hints_.default_utc_offset_s);
    if (prefix) return Try({.kind = FormatKind::kStderr, .line_prefix = prefix->line_prefix});
    // An empty prefix: severities begin the lines that do not go on with others.
    std::size_t bare = 0;
    std::size_t begin = 0;
    for (const std::string_view line : lines_) {
      bare += HeadSize(line) == std::optional<std::size_t>(0) ? 1 : 0;
      begin += line.front() != '\t' ? 1 : 0;
    }
    if (bare * 2 > begin) Try({.kind = FormatKind::kStderr, .line_prefix = {}});
  }

  absl::Status Nothing() const {
    if (lines_.empty()) return absl::InvalidArgumentError("nothing but empty lines");
    const std::string_view first = lines_.front();
    std::string_view rest = first;
    LineTime time;
    std::string nearest;
    if (first.front() == '{' || first.front() == '[') {
      nearest = "nearest is JSON, but no line is an object with jsonlog's keys or those of a known cloud service";
    } else if (BeginsCsvRecord(first)) {
      nearest = "nearest is csvlog, but no record is whole";
    } else if (time.Take(rest)) {
      nearest = "nearest is stderr: lines begin with a time, but no severity word (\"LOG:  \", \"ERROR:  \") follows one "
                "of its prefixes; give the server's log_line_prefix";
    } else if (hints_.file_name.ends_with(".csv")) {
      nearest = "by its name it would be csvlog, but no line begins with time, user, database and process id";
    } else {
      nearest = "it looks like none of stderr, csvlog, jsonlog and syslog";
    }
    const std::string sample = Printable(first.substr(0, kSampleBytes));
    return absl::InvalidArgumentError(absl::StrCat("no line fits a format of PostgreSQL's logs; ", nearest,
                                                   ". First line: ", sample, first.size() > kSampleBytes ? "..." : ""));
  }

  const FormatHints& hints_;
  std::string text_;
  std::vector<std::string_view> lines_;
  std::optional<Fit> best_;
};

}  // namespace

absl::StatusOr<LogFormat> DetectFormat(std::string_view head, const FormatHints& hints) {
  absl::StatusOr<LogFormat> found = Detection(head, hints).Run();
  // A prefix that was found in lines of one format may explain even more as part of another: only what is found again
  // with its own prefix as hint is the answer.
  FormatHints own = hints;
  for (int i = 0; i < kMostRounds; ++i) {
    if (!found.ok() || found->line_prefix.empty() || found->line_prefix == own.line_prefix) break;
    own.line_prefix = found->line_prefix;
    found = Detection(head, own).Run();
  }
  return found;
}

}  // namespace pgassay::ingest
