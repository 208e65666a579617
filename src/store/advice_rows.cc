#include "store/advice_rows.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "store/insert_rows.h"
#include "store/read_rows.h"

namespace pgassay::store {
namespace {

bool IsPossible(const RecordedRecommendation& recommendation) {
  return recommendation.size_bytes >= 0 && std::isfinite(recommendation.gain) && std::isfinite(recommendation.share);
}

std::string DdlText(const Recommendation& recommendation) {
  std::string text;
  for (const DdlStep& step : recommendation.ddl) absl::StrAppend(&text, step.sql, ";\n");
  return text;
}

absl::Status Remove(const Database& database, int number, std::string_view table) {
  PGASSAY_ASSIGN_OR_RETURN(Statement statement,
                           database.Prepare(absl::StrCat("DELETE FROM ", ToAbsl(table), " WHERE capture = ?")));
  statement.Bind(number);
  return statement.Step().status();
}

}  // namespace

absl::Status CheckCapture(const Database& database, int number) {
  PGASSAY_ASSIGN_OR_RETURN(const std::int64_t found,
                           database.QueryInteger(absl::StrCat("SELECT count(*) FROM capture WHERE number = ", number)));
  if (found == 1) return absl::OkStatus();
  return absl::NotFoundError(
      absl::StrCat(Printable(database.path()), " has no capture ", number, "; list its captures"));
}

absl::Status WriteAdvice(const Database& database, int number, const Advice& advice) {
  PGASSAY_RETURN_IF_ERROR(CheckCapture(database, number));
  std::vector<RecordedRecommendation> recommendations;
  for (const Recommendation& given : advice.recommendations) {
    recommendations.push_back({.id = given.id,
                               .kind = given.kind,
                               .definition = given.definition,
                               .ddl = DdlText(given),
                               .size_bytes = given.size_bytes,
                               .gain = given.gain,
                               .share = given.share});
    if (!IsPossible(recommendations.back())) {
      return absl::InvalidArgumentError(
          absl::StrCat("recommendation ", Printable(given.id), " has an impossible number and cannot be stored"));
    }
  }
  std::vector<RecordedTemplate> templates;
  for (const Template& examined : advice.workload.templates) {
    templates.push_back(
        {.id = examined.id, .fingerprint = examined.fingerprint, .sql = examined.sql, .source = examined.source});
  }
  PGASSAY_RETURN_IF_ERROR(Remove(database, number, kPlace<RecommendationRow>.table));
  PGASSAY_RETURN_IF_ERROR(Remove(database, number, kPlace<TemplateRow>.table));
  PGASSAY_RETURN_IF_ERROR(InsertInOrder<RecommendationRow>(database, number, recommendations));
  return InsertInOrder<TemplateRow>(database, number, templates);
}

absl::StatusOr<std::vector<RecordedRecommendation>> ReadRecommendations(const Database& database, int number) {
  PGASSAY_RETURN_IF_ERROR(CheckCapture(database, number));
  std::vector<RecordedRecommendation> recommendations;
  PGASSAY_RETURN_IF_ERROR(ReadRows<RecommendationRow>(database, number, [&](RecommendationRow&& row) {
    return IsPossible(row.value) && AppendAt(recommendations, row.position, std::move(row.value));
  }));
  return recommendations;
}

absl::StatusOr<std::vector<RecordedTemplate>> ReadTemplates(const Database& database, int number) {
  PGASSAY_RETURN_IF_ERROR(CheckCapture(database, number));
  std::vector<RecordedTemplate> templates;
  PGASSAY_RETURN_IF_ERROR(ReadRows<TemplateRow>(
      database, number, [&](TemplateRow&& row) { return AppendAt(templates, row.position, std::move(row.value)); }));
  return templates;
}

}  // namespace pgassay::store
