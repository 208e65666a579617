#include "pg/connection_string.h"

#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <libpq-fe.h>

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace pgassay::pg {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using OptionList = std::unique_ptr<PQconninfoOption, FreeOptions>;
using Values = std::map<std::string, std::string, std::less<>>;

// libpq's built-in values of the parameters that otherwise come from the environment (PQconninfoOptions in
// fe-connect.c, PostgreSQL 15 and 17). "service" cannot be among them: an empty one is looked up and not found.
struct BuiltIn {
  std::string_view keyword;
  std::string_view value;
};
constexpr BuiltIn kBuiltIn[] = {
    {"hostaddr", ""},
    {"port", "5432"},
    {"password", ""},
    {"passfile", "/dev/null/none"},  // an empty one means ~/.pgpass; this one cannot exist
    {"channel_binding", "prefer"},
    {"connect_timeout", ""},
    {"options", ""},
    {"sslmode", "prefer"},
    {"sslnegotiation", "postgres"},
    {"sslcompression", "0"},
    {"sslcert", ""},
    {"sslkey", ""},
    {"sslcertmode", "allow"},
    {"sslrootcert", ""},
    {"sslcrl", ""},
    {"sslcrldir", ""},
    {"sslsni", "1"},
    {"requirepeer", ""},
    {"require_auth", ""},
    {"ssl_min_protocol_version", "TLSv1.2"},
    {"ssl_max_protocol_version", ""},
    {"min_protocol_version", ""},
    {"max_protocol_version", ""},
    {"gssencmode", "prefer"},
    {"krbsrvname", "postgres"},
    {"gsslib", ""},
    {"gssdelegation", "0"},
    {"target_session_attrs", "any"},
    {"load_balance_hosts", "disable"},
};

// `message` without what stands between double quotes: libpq repeats pieces of the string there.
std::string WithoutQuotedPieces(std::string_view message) {
  std::string safe;
  bool inside = false;
  for (const char c : message) {
    if (c == '"') {
      safe += inside ? "...\"" : "\"";
      inside = !inside;
    } else if (!inside && c != '\n') {
      safe += c;
    }
  }
  return safe;
}

absl::StatusOr<Values> Parse(const std::string& conninfo) {
  if (conninfo.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError("the connection string has a NUL byte in it");
  }
  const bool is_uri = conninfo.starts_with("postgresql://") || conninfo.starts_with("postgres://");
  if (!is_uri && !conninfo.empty() && conninfo.find('=') == std::string::npos) return Values{{"dbname", conninfo}};

  char* error = nullptr;
  const OptionList parsed(PQconninfoParse(conninfo.c_str(), &error));
  if (parsed == nullptr) {
    const std::string message = error == nullptr ? "out of memory" : WithoutQuotedPieces(error);
    PQfreemem(error);
    return absl::InvalidArgumentError(absl::StrCat(
        "the connection string cannot be read: ", message,
        "; write it like \"host=db.example port=5432 dbname=shop user=app\" or postgresql://app@db.example:5432/shop"));
  }
  Values values;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) values.emplace(option->keyword, option->val);
  }
  return values;
}

}  // namespace

std::string SettingsOption(const std::vector<std::pair<std::string, std::string>>& settings) {
  std::string text;
  for (const auto& [name, value] : settings) {
    text += " -c ";
    // The server splits the option at spaces that have no backslash before them.
    for (const char c : absl::StrCat(name, "=", value)) {
      if (c == ' ' || c == '\\' || (c >= '\t' && c <= '\r')) text += '\\';
      text += c;
    }
  }
  return text;
}

std::string QuoteConnectionValue(std::string_view value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

absl::StatusOr<std::string> BuildConnectionString(const ConnectOptions& options) {
  absl::StatusOr<Values> parsed = Parse(options.conninfo);
  if (!parsed.ok()) return std::move(parsed).status();
  Values& values = *parsed;

  // What libpq knows, with the environment's values where it has some.
  const OptionList known(PQconndefaults());
  if (known == nullptr) return absl::ResourceExhaustedError("out of memory");
  std::map<std::string, std::optional<std::string>, std::less<>> defaults;
  for (const PQconninfoOption* option = known.get(); option->keyword != nullptr; ++option) {
    defaults[option->keyword] = option->val == nullptr ? std::nullopt : std::optional<std::string>(option->val);
  }

  if (options.ignore_environment) {
    for (const std::string_view required : {"host", "user", "dbname"}) {
      if (!values.contains(required)) {
        return absl::InvalidArgumentError(absl::StrCat("the connection string has no ", ToAbsl(required)));
      }
    }
    for (const auto& [keyword, value] : kBuiltIn) {
      if (defaults.contains(keyword)) values.emplace(keyword, value);
    }
  } else if (!values.contains("options") && defaults["options"].has_value() && !values.contains("service")) {
    values["options"] = *defaults["options"];
  }

  if (!options.database.empty()) values["dbname"] = options.database;
  if (!options.settings.empty()) values["options"] += SettingsOption(options.settings);
  values["client_encoding"] = "UTF8";
  values["application_name"] = options.application_name;

  std::string text;
  for (const auto& [keyword, value] : values) absl::StrAppend(&text, keyword, "=", QuoteConnectionValue(value), " ");
  return text;
}

}  // namespace pgassay::pg
