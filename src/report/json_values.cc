#include "report/json_values.h"

#include <cmath>
#include <cstdint>

#include "absl/strings/str_format.h"
#include "report/figures.h"
#include "report/observed.h"
#include "report/redact.h"

namespace pgassay::report {
namespace {

// Code points that JSON allows raw in a string, and that a terminal obeys or that reorder the text around them.
bool IsUnsafe(unsigned code_point) {
  return (code_point >= 0x7F && code_point <= 0x9F) || (code_point >= 0x200E && code_point <= 0x200F) ||
         (code_point >= 0x2028 && code_point <= 0x202E) || (code_point >= 0x2066 && code_point <= 0x2069);
}

// `json` is valid UTF-8, so continuation bytes need no check. All unsafe code points have one to three bytes.
std::string EscapeUnsafe(const std::string& json) {
  std::string result;
  result.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    const auto byte = [&](std::size_t offset) { return static_cast<unsigned char>(json[at + offset]); };
    std::size_t length = 1;
    unsigned code_point = byte(0);
    if (byte(0) >= 0xF0) {
      length = 4;
      code_point = 0;
    } else if (byte(0) >= 0xE0) {
      length = 3;
      code_point = (byte(0) & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
    } else if (byte(0) >= 0xC0) {
      length = 2;
      code_point = (byte(0) & 0x1Fu) << 6 | (byte(1) & 0x3Fu);
    }
    if (IsUnsafe(code_point)) {
      result += absl::StrFormat("\\u%04x", code_point);
    } else {
      result.append(json, at, length);
    }
    at += length;
  }
  return result;
}

// A number that counts things but is kept as floating point.
Json WholeJson(double value) {
  constexpr double kMost = 0x1p53;  // up to here every whole number is exact
  if (!std::isfinite(value)) return nullptr;
  return std::fabs(value) <= kMost ? Json(static_cast<std::int64_t>(std::round(value))) : Json(value);
}

}  // namespace

Json CostJson(Cost cost) {
  return std::isfinite(cost) && cost >= 0 ? Json(RoundCost(cost)) : Json(nullptr);
}

Json DatabaseJson(const Snapshot& snapshot) {
  return Json{
      {"name", snapshot.database},
      {"server_version", snapshot.server_version > 0 ? Json(ServerVersion(snapshot.server_version)) : Json(nullptr)},
      {"captured_at", snapshot.captured_at},
      {"system_identifier", snapshot.system_identifier},
      {"standby", snapshot.standby}};
}

Json SkippedJson(const Workload& workload, const Statements& statements) {
  Json skipped = Json::array();
  for (const Skipped& item : workload.skipped) {
    skipped.push_back(Json{
        {"fingerprint", item.fingerprint.empty() ? Json(nullptr) : Json(item.fingerprint)},
        {"source", item.source},
        {"code", item.code},
        {"reason", QuotesServer(item.code) ? statements.ServerMessage(item.reason) : statements.Sentence(item.reason)},
        {"weight", item.weight},
        {"total_ms", item.total_ms > 0 ? MillisecondsJson(item.total_ms) : Json(nullptr)}});
  }
  return skipped;
}

Json WorkloadJson(const Workload& workload, const std::set<std::string>& planned, const Statements& statements) {
  const ObservedTime time =
      ObserveTime(workload, [&](const Template& statement) { return planned.contains(statement.id); });
  return Json{{"templates", workload.templates.size()},
              {"planned", planned.size()},
              {"statements", statements.bindings()},
              {"weight", statements.weight()},
              {"observed", CoverageJson(time)},
              {"skipped", SkippedJson(workload, statements)},
              {"not_kept", TimeGroupsJson(time.not_kept, time)}};
}

Json MillisecondsJson(double milliseconds) {
  if (!std::isfinite(milliseconds)) return nullptr;
  const double rounded = std::round(milliseconds * 1000) / 1000;
  return std::isfinite(rounded) ? rounded : milliseconds;
}

Json QueryIdsJson(const Template& statement) {
  Json ids = Json::array();
  for (const std::int64_t id : statement.query_ids) ids.push_back(std::to_string(id));
  return ids;
}

Json CountersJson(const StatementCounters& counters) {
  const Json mean =
      counters.calls > 0 ? MillisecondsJson(counters.total_ms / static_cast<double>(counters.calls)) : Json(nullptr);
  return Json{{"calls", counters.calls},
              {"total_ms", MillisecondsJson(counters.total_ms)},
              {"mean_ms", mean},
              {"min_ms", MillisecondsJson(counters.min_ms)},
              {"max_ms", MillisecondsJson(counters.max_ms)},
              {"stddev_ms", MillisecondsJson(counters.stddev_ms)},
              {"rows", counters.rows},
              {"plans", counters.plans},
              {"plan_ms", MillisecondsJson(counters.plan_ms)},
              {"shared_blocks_hit", counters.shared_blocks_hit},
              {"shared_blocks_read", counters.shared_blocks_read},
              {"shared_blocks_dirtied", counters.shared_blocks_dirtied},
              {"shared_blocks_written", counters.shared_blocks_written},
              {"local_blocks_hit", counters.local_blocks_hit},
              {"local_blocks_read", counters.local_blocks_read},
              {"local_blocks_dirtied", counters.local_blocks_dirtied},
              {"local_blocks_written", counters.local_blocks_written},
              {"temp_blocks_read", counters.temp_blocks_read},
              {"temp_blocks_written", counters.temp_blocks_written},
              {"block_read_ms", MillisecondsJson(counters.block_read_ms)},
              {"block_write_ms", MillisecondsJson(counters.block_write_ms)},
              {"wal_records", counters.wal_records},
              {"wal_full_page_images", counters.wal_full_page_images},
              {"wal_bytes", WholeJson(counters.wal_bytes)},
              {"jit_functions", counters.jit_functions},
              {"jit_ms", MillisecondsJson(counters.jit_ms)}};
}

Json TemplateJson(const Template& statement, const Statements& statements) {
  return Json{{"id", statement.id},
              {"fingerprint", statement.fingerprint},
              {"sql", OneLine(statement.sql)},
              {"weight", statement.weight},
              {"source", Statements::Source(statement)},
              {"binding_count", statement.bindings.size()},
              {"user", statement.user},
              {"tags", statements.Tags(statement)},
              {"relations", statement.relations},
              {"observed", statement.observed ? CountersJson(*statement.observed) : Json(nullptr)}};
}

Json SentencesJson(const std::vector<std::string>& sentences, const Statements& statements) {
  Json list = Json::array();
  for (const std::string& sentence : sentences) list.push_back(statements.Sentence(sentence));
  return list;
}

std::string Serialized(const Json& document) {
  return EscapeUnsafe(document.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace pgassay::report
