#include "workload/skip_reasons.h"

#include "absl/strings/str_cat.h"
#include "sql/statement.h"

namespace pgassay::workload {
namespace {

// Codes of Skipped, public and stable; advice/reason_codes.h lists them all, but lies a layer above.
constexpr std::string_view kUnparsable = "unparsable";
constexpr std::string_view kUtilityStatement = "utility-statement";

}  // namespace

Skipped Unreadable(const absl::Status& refusal, int server_version) {
  const int server = server_version / 10000;
  const std::string hint =
      server > sql::GrammarVersion()
          ? absl::StrCat("The server is PostgreSQL ", server, ": a statement in syntax that is newer than ",
                         sql::GrammarVersion(), " is not analysed. Otherwise correct it, or leave it out.")
          : "Correct the statement, or leave it out.";
  return {
      .code = std::string(kUnparsable),
      .reason = absl::StrCat("PostgreSQL ", sql::GrammarVersion(), "'s grammar says: ", refusal.message(), ". ", hint)};
}

Skipped NotPlanned(std::string_view text, const std::vector<std::string>& utilities) {
  const absl::StatusOr<sql::StatementFacts> facts = sql::Examine(text);  // fails where there are several statements
  return {.fingerprint = facts.ok() ? facts->fingerprint : std::string(),
          .code = std::string(kUtilityStatement),
          .reason =
              absl::StrCat("The planner has no part in ", utilities.empty() ? "an empty statement" : utilities.front(),
                           "; only SELECT, INSERT, UPDATE, DELETE and MERGE are analysed.")};
}

}  // namespace pgassay::workload
