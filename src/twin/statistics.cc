#include "twin/statistics.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "twin/hidden_statistics.h"
#include "twin/statistic_rows.h"
#include "whatif/btree_size.h"

namespace pgassay::twin {
namespace {

// Rows of pg_statistic in one INSERT, and indexes whose end points go in one statement. A batch with one that fails is
// sent again one by one.
constexpr std::size_t kBatch = 200;
// A domain's CHECK may take for ever, and a capture may have thousands of such columns.
constexpr int kMostTimeouts = 2;

struct TwinEndPoint {
  const EndPoint* captured = nullptr;
  TwinOid index;
};

// All of them or none.
absl::Status SendEndPoints(std::span<const TwinEndPoint> end_points, pg::Session& superuser) {
  ArrayText indexes;
  ArrayText values;
  for (const TwinEndPoint& end_point : end_points) {
    for (const std::optional<std::string>& value : {end_point.captured->min, end_point.captured->max}) {
      if (!value) continue;
      indexes.Add(absl::StrCat(end_point.index.value));
      values.Add(*value);
    }
  }
  const std::optional<std::string> parameters[] = {indexes.Finish(), values.Finish()};
  return superuser
      .Query(
          "SELECT pg_catalog.pgassay_end_point(e.index, e.value) FROM unnest($1::oid[], $2::text[]) AS "
          "e(index, value)",
          parameters)
      .status();
}

std::string Subject(const Snapshot& snapshot, const ColumnStatistics& statistics) {
  if (const Relation* relation = snapshot.FindRelation(statistics.relation)) {
    const Column* column = FindColumn(*relation, statistics.column);
    return absl::StrCat(catalog::QuotedName(relation->name), ".", column ? QuoteIdentifier(column->name) : "?");
  }
  if (const Index* index = snapshot.FindIndex(statistics.relation)) return catalog::QuotedName(index->name);
  return "?";
}

bool IsFatal(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

// Expects search_path = pg_catalog, in which format_type prints names as the capture has them.
absl::StatusOr<EnumLabels> ReadEnumLabels(pg::Session& superuser) {
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result rows,
                           superuser.Query("SELECT format_type(enumtypid, NULL), count(*) FROM pg_enum GROUP BY 1"));
  EnumLabels labels;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    double count = 0;
    if (absl::SimpleAtod(rows.Text(row, 1), &count)) labels[rows.Text(row, 0)] = count;
  }
  return labels;
}

}  // namespace

absl::Status LoadStatistics(const Snapshot& snapshot, const Names& names, pg::Session& superuser,
                            std::vector<CaptureGap>& gaps) {
  std::vector<StatisticRow> targets;
  for (const ColumnStatistics& statistics : snapshot.statistics) {
    const TwinOid relation = names.ToTwin(statistics.relation);
    const bool of_index = snapshot.FindIndex(statistics.relation) != nullptr;
    const int column = of_index ? statistics.column : names.ColumnToTwin(statistics.relation, statistics.column);
    if (relation.value == 0 || column == 0) continue;
    targets.push_back({Consistent(statistics), relation, column});
    if (snapshot.with_values && targets.back().statistics.slots.size() != statistics.slots.size()) {
      gaps.push_back({Subject(snapshot, statistics), "a part of its statistics does not fit together and is left out"});
    }
  }
  PGASSAY_RETURN_IF_ERROR(superuser.Execute("SET search_path = pg_catalog"));
  PGASSAY_ASSIGN_OR_RETURN(const EnumLabels labels, ReadEnumLabels(superuser));
  for (ColumnStatistics& statistics : HiddenStatistics(snapshot, labels)) {
    const TwinOid relation = names.ToTwin(statistics.relation);
    const int column = names.ColumnToTwin(statistics.relation, statistics.column);
    if (relation.value != 0 && column != 0) targets.push_back({std::move(statistics), relation, column});
  }
  const std::string sql =
      absl::StrCat("INSERT INTO pg_catalog.pg_statistic ",
                   StatisticRowsSql("JOIN pg_attribute a ON a.attrelid = r.relation AND a.attnum = r.number"));
  int timeouts = 0;
  for (std::size_t begin = 0; begin < targets.size(); begin += kBatch) {
    const std::span<const StatisticRow> batch =
        std::span(targets).subspan(begin, std::min(kBatch, targets.size() - begin));
    const absl::Status sent = superuser.Query(sql, StatisticParameters(batch)).status();
    if (IsFatal(sent)) return sent;
    if (sent.ok()) continue;
    for (const StatisticRow& target : batch) {
      const absl::Status single = superuser.Query(sql, StatisticParameters(std::span(&target, 1))).status();
      if (IsFatal(single)) return single;
      if (absl::IsDeadlineExceeded(single) && ++timeouts == kMostTimeouts) {
        gaps.push_back({"statistics", "reading the values takes too long, so the rest of them is left out"});
        return absl::OkStatus();
      }
      if (!single.ok()) {
        gaps.push_back({Subject(snapshot, target.statistics),
                        absl::StrCat("its statistics cannot be carried over: ", std::string(single.message()))});
      }
    }
  }
  return absl::OkStatus();
}

absl::Status LoadEndPoints(const Snapshot& snapshot, const Names& names, pg::Session& superuser,
                           std::vector<CaptureGap>& gaps) {
  std::vector<TwinEndPoint> all;
  for (const EndPoint& end_point : snapshot.end_points) {
    const TwinOid index = names.ToTwin(end_point.index);
    if (index.value != 0 && (end_point.min || end_point.max)) all.push_back({&end_point, index});
  }
  for (std::size_t begin = 0; begin < all.size(); begin += kBatch) {
    const std::span<const TwinEndPoint> batch = std::span(all).subspan(begin, std::min(kBatch, all.size() - begin));
    const absl::Status sent = SendEndPoints(batch, superuser);
    if (IsFatal(sent)) return sent;
    if (sent.ok()) continue;
    for (const TwinEndPoint& end_point : batch) {
      const absl::Status single = SendEndPoints(std::span(&end_point, 1), superuser);
      if (IsFatal(single)) return single;
      if (absl::IsDeadlineExceeded(single)) {
        gaps.push_back({"end points", "reading the values takes too long, so the rest of them is left out"});
        return absl::OkStatus();
      }
      if (!single.ok()) {
        const Index* captured = snapshot.FindIndex(end_point.captured->index);
        gaps.push_back({captured ? catalog::QuotedName(captured->name) : "?",
                        absl::StrCat("its end points cannot be carried over: ", std::string(single.message()))});
      }
    }
  }
  return absl::OkStatus();
}

std::string SizesSql(const Snapshot& snapshot, const Names& names) {
  std::array<ArrayText, 5> tables;
  for (const Relation& relation : snapshot.relations) {
    const TwinOid oid = names.ToTwin(relation.oid);
    if (oid.value == 0) continue;
    tables[0].Add(absl::StrCat(oid.value));
    tables[1].Add(absl::StrCat(relation.pages));
    tables[2].Add(absl::StrCat(relation.statistics_pages));
    tables[3].Add(Exact(relation.statistics_tuples));
    tables[4].Add(absl::StrCat(relation.all_visible_pages));
  }
  std::array<ArrayText, 7> indexes;
  for (const Index& index : snapshot.indexes) {
    const TwinOid oid = names.ToTwin(index.oid);
    if (oid.value == 0) continue;
    const bool btree = index.def.method == "btree";
    const int height = index.tree_height ? *index.tree_height
                       : btree           ? whatif::EstimateTreeHeight(index.def, snapshot, index.pages)
                                         : -1;
    indexes[0].Add(absl::StrCat(oid.value));
    indexes[1].Add(absl::StrCat(index.pages));
    indexes[2].Add(absl::StrCat(index.statistics_pages));
    indexes[3].Add(Exact(index.statistics_tuples));
    indexes[4].Add("-1");
    indexes[5].Add(absl::StrCat(height));
    indexes[6].Add(absl::StrCat(index.oid.value));
  }
  std::string sql = "SELECT pg_catalog.pgassay_tables(";
  for (std::size_t i = 0; i < tables.size(); ++i) {
    absl::StrAppend(&sql, i == 0 ? "" : ", ", QuoteLiteral(tables[i].Finish()), i == 0 ? "::oid[]" : "::float8[]");
  }
  absl::StrAppend(&sql, "); SELECT pg_catalog.pgassay_indexes(");
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    absl::StrAppend(&sql, i == 0 ? "" : ", ", QuoteLiteral(indexes[i].Finish()), i == 0 ? "::oid[]" : "::float8[]");
  }
  return absl::StrCat(sql, ", false)");
}

}  // namespace pgassay::twin
