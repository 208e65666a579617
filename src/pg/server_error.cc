#include "pg/server_error.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "pg/session.h"

namespace pgassay::pg {
namespace {

constexpr char kPayload[] = "pgassay/sqlstate";
constexpr std::size_t kCodeLength = 5;

absl::StatusCode CodeOf(std::string_view sqlstate, bool cancelled) {
  struct Rule {
    std::string_view prefix;
    absl::StatusCode code;
  };
  // The first match counts (PostgreSQL: src/backend/utils/errcodes.txt).
  static constexpr Rule kRules[] = {
      {"28", absl::StatusCode::kUnauthenticated},
      {"42501", absl::StatusCode::kPermissionDenied},
      {"3D000", absl::StatusCode::kNotFound},
      {"57014", absl::StatusCode::kDeadlineExceeded},
      {"55P03", absl::StatusCode::kDeadlineExceeded},
      {"25P03", absl::StatusCode::kDeadlineExceeded},  // idle_in_transaction_session_timeout
      {"53", absl::StatusCode::kResourceExhausted},
      {"40", absl::StatusCode::kAborted},
      {"08", absl::StatusCode::kUnavailable},
      {"57P", absl::StatusCode::kUnavailable},  // the server shuts down, crashed, or is starting
  };
  if (sqlstate.empty()) return absl::StatusCode::kUnavailable;
  if (cancelled && sqlstate == "57014") return absl::StatusCode::kCancelled;
  const auto* rule = std::ranges::find_if(kRules, [&](const Rule& r) { return sqlstate.starts_with(r.prefix); });
  return rule == std::end(kRules) ? absl::StatusCode::kInvalidArgument : rule->code;
}

struct Refusal {
  std::string sqlstate;
  std::string message;
};

// The last "SEVERITY:  SQLSTATE: message" of a verbose report. The severity is in the server's language.
Refusal FindRefusal(std::string_view report) {
  Refusal refusal;
  for (std::size_t at = report.find(":  "); at != std::string_view::npos; at = report.find(":  ", at + 1)) {
    const std::string_view rest = report.substr(at + 3);
    if (rest.size() < kCodeLength + 2 || rest[kCodeLength] != ':' || rest[kCodeLength + 1] != ' ') continue;
    const std::string_view code = rest.substr(0, kCodeLength);
    const bool is_code =
        std::ranges::all_of(code, [](unsigned char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
    if (!is_code) continue;
    refusal.sqlstate = code;
    refusal.message = rest.substr(kCodeLength + 2);
    refusal.message.resize(std::min(refusal.message.find('\n'), refusal.message.size()));
  }
  return refusal;
}

// `text` on one line.
std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\n' || c == '\t') {
      if (!line.empty() && line.back() != ' ') line += ' ';
    } else {
      line += c;
    }
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

}  // namespace

absl::Status ServerError(std::string_view sqlstate, std::string_view message, bool cancelled) {
  std::string text = OneLine(message);
  if (!sqlstate.empty()) absl::StrAppend(&text, " (SQLSTATE ", ToAbsl(sqlstate), ")");
  absl::Status status(CodeOf(sqlstate, cancelled), text);
  if (!sqlstate.empty()) status.SetPayload(kPayload, absl::Cord(ToAbsl(sqlstate)));
  return status;
}

absl::Status ConnectionError(std::string_view report, std::string_view target) {
  const Refusal refusal = FindRefusal(report);
  const std::string prefix = absl::StrCat("cannot connect to ", ToAbsl(target), ": ");
  if (refusal.sqlstate.empty()) {
    return ServerError(
        "", absl::StrCat(prefix, OneLine(report),
                         "; check host and port, that the server runs, and that a firewall lets us through"));
  }
  std::string advice;
  if (refusal.sqlstate.starts_with("28")) {
    advice = "; check the user, and give the password with PGPASSWORD or a password file (~/.pgpass)";
  } else if (refusal.sqlstate == "3D000") {
    advice = "; check the name of the database";
  } else if (refusal.sqlstate == "53300") {
    advice = "; the server has no free connection, try again later";
  } else if (refusal.sqlstate == "08P01") {
    advice = "; this looks like a connection pooler: connect to the server itself";
  }
  return ServerError(refusal.sqlstate, absl::StrCat(prefix, refusal.message, advice));
}

std::string SqlState(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayload);
  std::string sqlstate;
  if (payload.has_value()) absl::CopyCordToString(*payload, &sqlstate);
  return sqlstate;
}

}  // namespace pgassay::pg
