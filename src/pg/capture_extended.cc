#include "pg/capture_extended.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "pg/byte_reader.h"
#include "pg/capture_statistics.h"
#include "pg/result_row.h"
#include "pg/statistic_bytes.h"

namespace pgassay::pg {
namespace {

// Statistics objects of captured tables by OID, without data.
using Objects = std::map<Oid, ExtendedStatistics>;

absl::StatusOr<Objects> ReadObjects(const CatalogQueries& queries, Session& session, const Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.extended_statistics));
  Objects objects;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    ExtendedStatistics object;
    object.oid = row.ReadOid();
    object.name.schema = row.Text();
    object.name.name = row.Text();
    object.relation = row.ReadOid();
    object.columns = absl::StrCat("{", absl::StrJoin(row.Integers(), ","), "}");
    if (snapshot.FindRelation(object.relation) != nullptr) objects.emplace(object.oid, std::move(object));
  }
  return objects;
}

// The groups in one cell, none where it is NULL. What is no such form becomes a gap.
std::vector<ColumnGroup> ReadGroups(const std::optional<std::string>& hex,
                                    std::optional<std::vector<ColumnGroup>> (*read)(std::string_view),
                                    const ExtendedStatistics& of, std::vector<CaptureGap>& gaps) {
  if (!hex) return {};
  std::optional<std::vector<ColumnGroup>> groups = read(BytesOfHex(*hex));
  if (groups) return *std::move(groups);
  gaps.push_back({NameForMessage(of.name), "a part of the extended statistics has a form that pgassay does not know"});
  return {};
}

absl::Status ReadData(const CatalogQueries& queries, Session& session, const Objects& objects, Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.extended_groups));
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    const auto object = objects.find(row.ReadOid());
    if (object == objects.end()) continue;
    ExtendedStatistics data = object->second;
    data.inherited = row.Boolean();
    data.distinct = ReadGroups(row.Optional(), ReadDistinctBytes, data, snapshot.gaps);
    data.dependencies = ReadGroups(row.Optional(), ReadDependencyBytes, data, snapshot.gaps);
    snapshot.extended.push_back(std::move(data));
  }
  return absl::OkStatus();
}

ExtendedStatistics* Find(Snapshot& snapshot, Oid oid, bool inherited) {
  const auto key = [](const ExtendedStatistics& row) { return std::tuple(row.oid, row.inherited); };
  const auto found = std::ranges::lower_bound(snapshot.extended, std::tuple(oid, inherited), {}, key);
  return found != snapshot.extended.end() && key(*found) == std::tuple(oid, inherited) ? &*found : nullptr;
}

absl::Status ReadCommonValues(const CatalogQueries& queries, Session& session, Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.extended_values));
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    const Oid oid = row.ReadOid();
    const bool inherited = row.Boolean();
    CommonCombination value;
    value.values = row.Text();
    value.frequency = row.Number();
    value.base_frequency = row.Number();
    if (ExtendedStatistics* const of = Find(snapshot, oid, inherited)) of->common.push_back(std::move(value));
  }
  return absl::OkStatus();
}

absl::Status ReadExpressions(const CatalogQueries& queries, Session& session, Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.extended_expressions));
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    ColumnStatistics expression = ReadStatisticRow(row, snapshot.with_values);
    ExtendedStatistics* const of = Find(snapshot, expression.relation, expression.inherited);
    expression.relation = Oid{};
    if (of != nullptr) of->expressions.push_back(std::move(expression));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadExtendedStatistics(const CatalogQueries& queries, Session& session, const CatalogDetails& details,
                                    Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const Objects objects, ReadObjects(queries, session, snapshot));
  if (objects.empty()) return absl::OkStatus();
  if (!details.extended_readable) {
    for (const auto& [oid, object] : objects) {
      snapshot.gaps.push_back(
          {NameForMessage(object.name),
           absl::StrCat("extended statistics of ", NameForMessage(snapshot.FindRelation(object.relation)->name),
                        " not readable: this role may not see pg_statistic_ext_data; grant pg_read_all_data, or "
                        "capture as a superuser")});
    }
    return absl::OkStatus();
  }
  PGASSAY_RETURN_IF_ERROR(ReadData(queries, session, objects, snapshot));
  if (snapshot.with_values) PGASSAY_RETURN_IF_ERROR(ReadCommonValues(queries, session, snapshot));
  return ReadExpressions(queries, session, snapshot);
}

}  // namespace pgassay::pg
