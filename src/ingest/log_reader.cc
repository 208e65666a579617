#include "ingest/log_reader.h"

#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "ingest/cloud_reader.h"
#include "ingest/csv_reader.h"
#include "ingest/json_reader.h"
#include "ingest/line_prefix.h"
#include "ingest/stderr_reader.h"
#include "ingest/syslog_reader.h"

namespace pgassay::ingest {
namespace {

constexpr std::size_t kSamples = 3;
constexpr std::size_t kSampleBytes = 200;

}  // namespace

std::string Describe(const LogFormat& format) {
  switch (format.kind) {
    case FormatKind::kStderr: return absl::StrCat("stderr with log_line_prefix '", format.line_prefix, "'");
    case FormatKind::kCsv: return "csvlog";
    case FormatKind::kJson: return "jsonlog";
    case FormatKind::kSyslog: return absl::StrCat("syslog with log_line_prefix '", format.line_prefix, "'");
    case FormatKind::kLogplex: return absl::StrCat("logplex with log_line_prefix '", format.line_prefix, "'");
    case FormatKind::kCloud:
      return absl::StrCat("JSON of a cloud service",
                          format.line_prefix.empty() ? "" : absl::StrCat(" with log_line_prefix '", format.line_prefix, "'"));
  }
  return "unknown";
}

std::string_view Slug(UnknownKind kind) {
  switch (kind) {
    case UnknownKind::kNoPrefix: return "no-prefix";
    case UnknownKind::kBrokenFields: return "broken-fields";
    case UnknownKind::kOrphan: return "orphan";
    case UnknownKind::kTooLong: return "too-long";
    case UnknownKind::kCount: break;
  }
  return "unknown";
}

std::uint64_t LineCounts::Lines() const { return entries + continuations + empty + Unknown(); }

std::uint64_t LineCounts::Unknown() const {
  return std::accumulate(unknown.begin(), unknown.end(), std::uint64_t{0});
}

void LineCounts::AddUnknown(UnknownKind kind, std::string_view line) {
  const auto at = static_cast<std::size_t>(kind);
  ++unknown[at];
  if (samples[at].size() < kSamples) samples[at].emplace_back(line.substr(0, kSampleBytes));
}

void LineCounts::Add(const LineCounts& other) {
  entries += other.entries;
  continuations += other.continuations;
  empty += other.empty;
  for (std::size_t i = 0; i < kUnknownKinds; ++i) {
    unknown[i] += other.unknown[i];
    for (const std::string& sample : other.samples[i]) {
      if (samples[i].size() < kSamples) samples[i].push_back(sample);
    }
  }
}

absl::StatusOr<std::unique_ptr<LogReader>> MakeReader(const LogFormat& format) {
  switch (format.kind) {
    case FormatKind::kStderr: {
      if (format.line_prefix.empty()) return std::make_unique<StderrReader>(std::nullopt);
      PGASSAY_ASSIGN_OR_RETURN(LinePrefix prefix, LinePrefix::Compile(format.line_prefix, format.default_utc_offset_s));
      return std::make_unique<StderrReader>(std::move(prefix));
    }
    case FormatKind::kCsv: return std::make_unique<CsvReader>(format.default_utc_offset_s);
    case FormatKind::kSyslog:
    case FormatKind::kLogplex: return SyslogReader::Make(format);
    case FormatKind::kJson: return std::make_unique<JsonReader>(format.default_utc_offset_s);
    case FormatKind::kCloud: return CloudReader::Make(format);
  }
  return absl::InternalError(absl::StrCat("no reader for ", Describe(format)));
}

}  // namespace pgassay::ingest
