#include "evidence/statistics_ddl.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "catalog/index_identity.h"

namespace pgassay::evidence {
namespace {

// n_distinct as a share of the rows from here on, as ANALYZE itself decides (compute_scalar_stats in analyze.c).
constexpr double kShareFrom = 0.1;
constexpr int kRaisedTarget = 1000;
constexpr int kMostTarget = 10000;
constexpr std::size_t kMostNameBytes = 63;  // NAMEDATALEN - 1

std::string NameOf(const Relation& table) {
  return catalog::QuotedName(table.name);
}

DdlStep Alter(const Relation& table, std::string what, std::string note) {
  return {.sql = absl::StrCat("ALTER TABLE ", NameOf(table), " ", what),
          .lock = absl::StrCat("SHARE UPDATE EXCLUSIVE on ", NameOf(table)),
          .note = std::move(note)};
}

}  // namespace

int StatisticsTarget(const Column& column, const Snapshot& snapshot) {
  if (column.statistics_target && *column.statistics_target >= 0) return *column.statistics_target;
  int target = 100;
  if (const auto setting = snapshot.FindSetting("default_statistics_target")) {
    std::from_chars(setting->data(), setting->data() + setting->size(), target);
  }
  return target;
}

void AddAnalyze(const Relation& table, EvidenceFinding& finding) {
  finding.ddl.push_back({.sql = absl::StrCat("ANALYZE ", NameOf(table)),
                         .lock = absl::StrCat("SHARE UPDATE EXCLUSIVE on ", NameOf(table)),
                         .note = "Reads a sample of the table; then capture again."});
}

void AddStatisticsTarget(const Relation& table, const Column& column, EvidenceFinding& finding) {
  const std::string name = QuoteIdentifier(column.name);
  const int before = column.statistics_target.value_or(-1);
  const int after = before >= kRaisedTarget ? kMostTarget : kRaisedTarget;
  finding.ddl.push_back(Alter(table, absl::StrCat("ALTER COLUMN ", name, " SET STATISTICS ", after),
                              "More values and finer ranges are kept; planning takes a little longer."));
  finding.undo.push_back(
      Alter(table, absl::StrCat("ALTER COLUMN ", name, " SET STATISTICS ", before), "As it was; then ANALYZE."));
  AddAnalyze(table, finding);
}

void AddDistinctOverride(const Relation& table, const Column& column, double distinct, double rows,
                         EvidenceFinding& finding) {
  const std::string name = QuoteIdentifier(column.name);
  const double share = rows > 0 ? std::min(1.0, distinct / rows) : 0;
  const std::string value = share > kShareFrom ? absl::StrCat("-", FormatNumber(share, 3))
                                               : absl::StrCat(static_cast<std::int64_t>(std::llround(distinct)));
  finding.ddl.push_back(Alter(table, absl::StrCat("ALTER COLUMN ", name, " SET (n_distinct = ", value, ")"),
                              "ANALYZE guesses this number from a sample; from now on it takes yours."));
  finding.undo.push_back(
      Alter(table, absl::StrCat("ALTER COLUMN ", name, " RESET (n_distinct)"), "As it was; then ANALYZE."));
  AddAnalyze(table, finding);
}

void AddExtended(const Relation& table, const std::vector<std::string>& on, bool equality, EvidenceFinding& finding) {
  std::string plain = table.name.name;
  for (const std::string& item : on) {
    const bool word = std::ranges::all_of(item, [](unsigned char c) {
      return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
    });
    absl::StrAppend(&plain, "_", word ? item : "expr");
  }
  constexpr std::string_view kSuffix = "_stats";
  if (plain.size() + kSuffix.size() > kMostNameBytes) {
    plain = absl::StrCat(plain.substr(0, kMostNameBytes - kSuffix.size() - 9), "_", HexDigits(StableHash(plain), 8));
  }
  const std::string name = catalog::QuotedName({table.name.schema, absl::StrCat(plain, ToAbsl(kSuffix))});
  const std::string kinds = on.size() < 2 ? "" : equality ? " (ndistinct, dependencies)" : " (mcv)";
  finding.ddl.push_back(
      {.sql = absl::StrCat("CREATE STATISTICS ", name, kinds, " ON ", absl::StrJoin(on, ", "), " FROM ", NameOf(table)),
       .lock = absl::StrCat("SHARE UPDATE EXCLUSIVE on ", NameOf(table)),
       .note = "Changes nothing until the next ANALYZE."});
  finding.undo.push_back({.sql = absl::StrCat("DROP STATISTICS ", name),
                          .lock = absl::StrCat("SHARE UPDATE EXCLUSIVE on ", NameOf(table)),
                          .note = "As it was, at once."});
  AddAnalyze(table, finding);
}

}  // namespace pgassay::evidence
