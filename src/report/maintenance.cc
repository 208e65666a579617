#include "report/maintenance.h"

#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "report/figures.h"

namespace pgassay::report {
namespace {

// A rate per day. Less than ten a day are told with a decimal, so that little is not told as nothing.
std::string RateText(double rate) {
  return std::isfinite(rate) && std::fabs(rate) >= 10 ? WeightText(std::round(rate)) : FormatNumber(rate, 2);
}

std::string ColumnsText(const std::vector<std::string>& columns) {
  std::vector<std::string> quoted;
  for (const std::string& column : columns) quoted.push_back(QuoteIdentifier(column));
  return absl::StrJoin(quoted, ", ");
}

// Less than a day in the unit that suits it.
std::string PeriodText(double days) {
  const double seconds = days * 24 * 60 * 60;
  if (seconds < 120) return absl::StrCat(FormatNumber(seconds, 2), " s");
  if (seconds < 7200) return absl::StrCat(FormatNumber(seconds / 60, 2), " minutes");
  return absl::StrCat(FormatNumber(seconds / 3600, 2), " hours");
}

Json RateJson(const Maintenance& maintenance, double rate) {
  if (!maintenance.days || !std::isfinite(rate)) return nullptr;
  return std::round(rate * 100) / 100;
}

}  // namespace

std::string MaintenanceText(const Maintenance& maintenance) {
  const bool sets_columns = !maintenance.hot_columns.empty();
  if (!maintenance.days) {
    const std::string unknown = "how many is not known: the table's counters do not say since when they run";
    if (!sets_columns) return unknown;
    return absl::StrCat(unknown, "; ends HOT for updates that set ", ColumnsText(maintenance.hot_columns));
  }
  const double entries = maintenance.inserts + maintenance.updates;
  std::string text = "none seen";
  if (entries > 0) {
    text = absl::StrCat("+", RateText(entries), " index entries a day (", RateText(maintenance.inserts), " inserts, ",
                        RateText(maintenance.updates), " updates)");
    if (*maintenance.days < 1) absl::StrAppend(&text, ", by what was seen in ", PeriodText(*maintenance.days));
  }
  if (maintenance.hot_updates_lost > 0 || sets_columns) {
    absl::StrAppend(&text, "; ends HOT for ", RateText(maintenance.hot_updates_lost), " updates a day");
    if (sets_columns) absl::StrAppend(&text, " that set ", ColumnsText(maintenance.hot_columns));
  }
  return text;
}

Json MaintenanceJson(const Maintenance& maintenance) {
  return Json{{"cost", RoundCost(maintenance.cost)},
              {"days", maintenance.days && std::isfinite(*maintenance.days) ? Json(*maintenance.days) : Json(nullptr)},
              {"inserts", RateJson(maintenance, maintenance.inserts)},
              {"updates", RateJson(maintenance, maintenance.updates)},
              {"hot_updates", RateJson(maintenance, maintenance.hot_updates)},
              {"hot_updates_lost", RateJson(maintenance, maintenance.hot_updates_lost)},
              {"hot_columns", maintenance.hot_columns},
              {"hot_templates", maintenance.hot_templates}};
}

}  // namespace pgassay::report
