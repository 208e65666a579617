#include "twin/custom_settings.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/array_text.h"
#include "catalog/index_identity.h"
#include "twin/request_json.h"

namespace pgassay::twin {
namespace {

// Policies as queries on their tables, and views that mention a setting. The texts come from the twin's own catalog.
constexpr std::string_view kReaders = R"(
  SELECT 'SELECT 1 FROM ' || p.polrelid::pg_catalog.regclass::text || ' WHERE '
         || pg_catalog.pg_get_expr(coalesce(p.polqual, p.polwithcheck), p.polrelid)
  FROM pg_catalog.pg_policy p
  WHERE pg_catalog.pg_get_expr(coalesce(p.polqual, p.polwithcheck), p.polrelid) LIKE '%current_setting%'
  UNION ALL
  SELECT pg_catalog.pg_get_viewdef(c.oid)
  FROM pg_catalog.pg_class c
  WHERE c.relkind IN ('v', 'm') AND c.oid >= 16384
    AND pg_catalog.pg_get_viewdef(c.oid) LIKE '%current_setting%'
  ORDER BY 1
)";

// Frequencies are floats and a sample; what is missing up to 1 is rounding.
constexpr double kAllRows = 0.999;

bool IsFatal(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

// The most common value of a column, else the middle of its histogram.
std::optional<std::string> TypicalValue(const Snapshot& snapshot, Oid table, int column, std::string& kind) {
  for (const bool inherited : {false, true}) {
    const ColumnStatistics* const statistics = snapshot.FindStatistics(table, column, inherited);
    if (statistics == nullptr) continue;
    for (const int wanted : {1, 2}) {
      const auto slot = std::ranges::find(statistics->slots, wanted, &StatisticSlot::kind);
      if (slot == statistics->slots.end() || !slot->values) continue;
      const absl::StatusOr<std::vector<std::optional<std::string>>> values = catalog::ParseArrayText(*slot->values);
      if (!values.ok() || values->empty()) continue;
      kind = wanted == 1 ? "the most common value" : "a middle value";
      return (*values)[wanted == 1 ? 0 : values->size() / 2];
    }
  }
  return std::nullopt;
}

// Every value of a column, if its most common ones are all that it has.
std::vector<std::string> AllValues(const Snapshot& snapshot, Oid table, int column) {
  const ColumnStatistics* const statistics = snapshot.FindStatistics(table, column, false);
  if (statistics == nullptr) return {};
  const auto slot = std::ranges::find(statistics->slots, 1, &StatisticSlot::kind);
  if (slot == statistics->slots.end() || !slot->values || !slot->numbers) return {};
  const absl::StatusOr<std::vector<std::optional<std::string>>> values = catalog::ParseArrayText(*slot->values);
  const absl::StatusOr<std::vector<double>> shares = catalog::ParseNumberArrayText(*slot->numbers);
  if (!values.ok() || !shares.ok()) return {};
  double sum = statistics->null_fraction;
  for (const double share : *shares) sum += share;
  if (!(sum >= kAllRows)) return {};
  std::vector<std::string> all;
  for (const std::optional<std::string>& value : *values) {
    if (value) all.push_back(*value);
  }
  return all;
}

ChosenSetting Choose(const SettingRead& read, const Snapshot& snapshot) {
  for (const catalog::ParameterUse& use : read.uses) {
    const Relation* const relation = snapshot.FindRelation(use.table);
    const Column* const column = relation == nullptr ? nullptr : FindColumn(*relation, use.column);
    if (column == nullptr) continue;
    const std::string where = absl::StrCat(catalog::QuotedName(relation->name), ".", QuoteIdentifier(column->name));
    std::string kind;
    if (std::optional<std::string> value = TypicalValue(snapshot, use.table, use.column, kind)) {
      return {read.name, *std::move(value), absl::StrCat(kind, " of ", where),
              AllValues(snapshot, use.table, use.column)};
    }
    return {read.name, "1", absl::StrCat("1, because ", where, " has no readable statistics"), {}};
  }
  return {read.name, "", "the empty text, because it is compared with no column", {}};
}

}  // namespace

absl::StatusOr<std::vector<ChosenSetting>> SettingsOfStatement(const std::string& sql, const Snapshot& snapshot,
                                                               const Names& names, pg::Session& session) {
  const std::optional<std::string> parameters[] = {sql};
  const absl::StatusOr<pg::Result> answer = session.Query("SELECT pg_catalog.pgassay_parameters($1::text)", parameters);
  if (IsFatal(answer.status())) return answer.status();
  std::vector<ChosenSetting> chosen;
  if (!answer.ok()) return chosen;
  PGASSAY_ASSIGN_OR_RETURN(const StatementParameters found, ParseParameters(answer->Text(0, 0), names));
  for (const SettingRead& read : found.settings) chosen.push_back(Choose(read, snapshot));
  return chosen;
}

absl::StatusOr<std::vector<ChosenSetting>> SettingsOfSchema(const Snapshot& snapshot, const Names& names,
                                                            pg::Session& session) {
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result readers, session.Query(kReaders));
  std::vector<ChosenSetting> chosen;
  for (std::size_t row = 0; row < readers.rows(); ++row) {
    PGASSAY_ASSIGN_OR_RETURN(std::vector<ChosenSetting> found,
                             SettingsOfStatement(readers.Text(row, 0), snapshot, names, session));
    for (ChosenSetting& setting : found) {
      if (std::ranges::find(chosen, setting.name, &ChosenSetting::name) == chosen.end()) {
        chosen.push_back(std::move(setting));
      }
    }
  }
  return chosen;
}

}  // namespace pgassay::twin
