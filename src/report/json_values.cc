#include "report/json_values.h"

#include <cmath>

#include "absl/strings/str_format.h"
#include "report/figures.h"
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

}  // namespace

Json CostJson(Cost cost) {
  return std::isfinite(cost) && cost >= 0 ? Json(RoundCost(cost)) : Json(nullptr);
}

Json DatabaseJson(const Snapshot& snapshot) {
  return Json{{"name", snapshot.database},
              {"server_version", ServerVersion(snapshot.server_version)},
              {"captured_at", snapshot.captured_at},
              {"system_identifier", snapshot.system_identifier},
              {"standby", snapshot.standby}};
}

Json WorkloadJson(const Workload& workload, std::size_t planned, const Statements& statements) {
  Json skipped = Json::array();
  for (const Skipped& item : workload.skipped) {
    skipped.push_back(Json{
        {"fingerprint", item.fingerprint.empty() ? Json(nullptr) : Json(item.fingerprint)},
        {"source", item.source},
        {"code", item.code},
        {"reason", QuotesServer(item.code) ? statements.ServerMessage(item.reason) : statements.Sentence(item.reason)},
        {"weight", item.weight}});
  }
  return Json{{"templates", workload.templates.size()},
              {"planned", planned},
              {"statements", statements.bindings()},
              {"weight", statements.weight()},
              {"skipped", std::move(skipped)}};
}

Json TemplateJson(const Template& statement) {
  return Json{
      {"id", statement.id},         {"fingerprint", statement.fingerprint},    {"sql", OneLine(statement.sql)},
      {"weight", statement.weight}, {"source", Statements::Source(statement)}, {"relations", statement.relations}};
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
