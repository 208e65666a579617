#include "store/check_logs.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "store/check_loops.h"
#include "store/check_values.h"
#include "store/log_fields.h"
#include "store/sorted.h"

namespace pgassay::store {
namespace {

constexpr std::int64_t kHourUs = std::int64_t{3600} * 1'000'000;
constexpr std::string_view kShape = "shape-";
constexpr std::size_t kFingerprintDigits = 16;

bool IsFingerprint(std::string_view text) {
  if (text.starts_with(kShape)) text.remove_prefix(kShape.size());
  return text.size() == kFingerprintDigits &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// InvalidArgument that names the first row which does not come behind the one before it.
template <typename Element, typename Key>
absl::Status CheckOrder(std::string_view table, const std::vector<Element>& elements, Key key) {
  for (std::size_t i = 1; i < elements.size(); ++i) {
    if (!(key(elements[i - 1]) < key(elements[i]))) return Problem(Row(table, i + 1), "the row is out of order");
  }
  return absl::OkStatus();
}

absl::Status CheckFile(const LogFile& file, std::size_t number) {
  const std::string row = Row("log_file", number);
  if (!IsText(file.name) || !IsText(file.format)) return Problem(row, "a text is too long");
  for (const std::uint64_t count : {file.bytes, file.entries, file.continuation_lines, file.empty_lines}) {
    if (!IsCount(count)) return Problem(row, "a count is out of range");
  }
  for (const auto& [slug, lines] : file.unknown_lines) {
    if (IsText(slug) && IsCount(lines)) continue;
    return Problem(absl::StrCat("log_unknown_lines, file ", number), "a count or a text is out of range");
  }
  return absl::OkStatus();
}

absl::Status CheckHours(const LogTemplate& of, std::size_t number) {
  for (const auto& [hour, counts] : of.hours) {
    const std::string row = absl::StrCat("log_hour, template ", number, ", hour ", hour);
    if (!IsTime(hour * kHourUs)) return Problem(row, "the hour is out of range");
    if (!IsCount(counts.calls) || !IsCount(counts.total_us)) return Problem(row, "a count is out of range");
  }
  return absl::OkStatus();
}

absl::Status CheckSamples(const std::vector<LogSample>& samples, std::size_t most, std::string_view where) {
  if (samples.size() > most) return Problem(where, absl::StrCat("more than ", most, " of them"));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const LogSample& sample = samples[i];
    const std::string row = absl::StrCat(ToAbsl(where), ", row ", i + 1);
    if (!IsTime(sample.time_us)) return Problem(row, "time_us is out of range");
    if (sample.duration_us != -1 && !IsCount(sample.duration_us)) return Problem(row, "duration_us is out of range");
    if (!IsText(sample.sql) || !IsText(sample.parameters)) return Problem(row, "a text is too long");
  }
  // Calls of the same moment, values and duration have one priority, and may differ in their text.
  if (!std::ranges::is_sorted(samples, {}, &LogSample::priority)) return Problem(where, "they are not in order");
  return absl::OkStatus();
}

absl::Status CheckTemplate(const LogTemplate& of, std::size_t number) {
  const std::string row = Row("log_template", number);
  for (const std::string* text : {&of.database, &of.user, &of.sql}) {
    if (!IsText(*text)) return Problem(row, "a text is too long");
  }
  if (!IsFingerprint(of.fingerprint)) return Problem(row, "fingerprint is none");
  CountCheck counts;
  CounterFields(counts, of.counters);
  PlanFields(counts, of.counters);
  WalFields(counts, of.counters);
  if (!counts.wrong.empty()) return Problem(row, absl::StrCat(ToAbsl(counts.wrong), " is out of range"));
  if (!IsTime(of.counters.first_us)) return Problem(row, "first_us is out of range");
  if (!IsTime(of.counters.last_us)) return Problem(row, "last_us is out of range");
  PGASSAY_RETURN_IF_ERROR(CheckSketch(of.latency, "latency", row));
  PGASSAY_RETURN_IF_ERROR(CheckHours(of, number));
  const std::string samples = absl::StrCat("log_sample, template ", number);
  PGASSAY_RETURN_IF_ERROR(CheckSamples(of.samples, kLogSamples, absl::StrCat(samples, ", slowest 0")));
  PGASSAY_RETURN_IF_ERROR(CheckSamples(of.slowest, 1, absl::StrCat(samples, ", slowest 1")));
  if (!IsStrictlySorted(of.query_ids, std::identity()))
    return Problem(absl::StrCat("log_query_id, template ", number), "they are not in order");
  if (!IsStrictlySorted(of.tags, std::identity()) || !std::ranges::all_of(of.tags, IsText))
    return Problem(absl::StrCat("log_tag, template ", number), "they are not in order, or too long");
  return absl::OkStatus();
}

absl::Status CheckGroups(const std::vector<LogGroup>& groups) {
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const LogGroup& group = groups[i];
    const std::string row = Row("log_group", i + 1);
    if (group.code.empty()) return Problem(row, "code is empty");
    if (!IsText(group.code) || !IsText(group.detail)) return Problem(row, "a text is too long");
    if (!IsCount(group.statements) || !IsCount(group.calls) || !IsCount(group.total_us))
      return Problem(row, "a count is out of range");
  }
  const auto key = [](const LogGroup& group) { return std::tie(group.code, group.detail); };
  return CheckOrder("log_group", groups, key);
}

}  // namespace

absl::Status CheckLogs(const LogWorkload& logs) {
  for (std::size_t i = 0; i < logs.files.size(); ++i) PGASSAY_RETURN_IF_ERROR(CheckFile(logs.files[i], i + 1));
  PGASSAY_RETURN_IF_ERROR(CheckOrder("log_file", logs.files,
                                     [](const LogFile& file) { return std::tie(file.identity, file.identity_bytes); }));
  for (std::size_t i = 0; i < logs.templates.size(); ++i)
    PGASSAY_RETURN_IF_ERROR(CheckTemplate(logs.templates[i], i + 1));
  PGASSAY_RETURN_IF_ERROR(CheckOrder("log_template", logs.templates, [](const LogTemplate& of) {
    return std::tie(of.database, of.user, of.fingerprint, of.sql);
  }));
  PGASSAY_RETURN_IF_ERROR(CheckGroups(logs.not_kept));
  for (const auto& [kind, entries] : logs.events) {
    if (!IsText(kind) || !IsCount(entries))
      return Problem(absl::StrCat("log_event, kind ", Printable(kind.substr(0, 40))),
                     "entries or kind is out of range");
  }
  return CheckLoops(logs.loops);
}

}  // namespace pgassay::store
