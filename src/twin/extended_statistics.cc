// Each row is inserted empty, and then filled part by part, so that one that the twin refuses leaves the others. The
// extension builds PostgreSQL's own structures from plain values and serialises them (planner/extended_statistics.c).

#include "twin/extended_statistics.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/array_text.h"
#include "catalog/index_identity.h"
#include "twin/statistic_rows.h"

namespace pgassay::twin {
namespace {

bool IsFatal(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

// A domain's CHECK may take for ever, and a capture may have thousands of such values.
constexpr int kMostTimeouts = 2;

constexpr std::string_view kObjects = R"(
  SELECT s.oid, n.nspname, s.stxname, s.stxrelid
  FROM pg_statistic_ext AS s JOIN pg_namespace AS n ON n.oid = s.stxnamespace
)";

struct TwinObject {
  TwinOid oid;
  TwinOid relation;
};

absl::StatusOr<std::map<QualifiedName, TwinObject>> ReadObjects(pg::Session& superuser) {
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result rows, superuser.Query(kObjects));
  std::map<QualifiedName, TwinObject> objects;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    objects[{rows.Text(row, 1), rows.Text(row, 2)}] = {TwinOid{static_cast<std::uint32_t>(rows.Integer(row, 0))},
                                                       TwinOid{static_cast<std::uint32_t>(rows.Integer(row, 3))}};
  }
  return objects;
}

// The numbers of columns and expressions in a list, with the twin's columns; none: one of them is not there.
std::optional<std::vector<int>> TwinColumns(std::string_view list, Oid relation, const Names& names) {
  const absl::StatusOr<std::vector<double>> numbers = catalog::ParseNumberArrayText(list);
  if (!numbers.ok()) return std::nullopt;
  std::vector<int> columns;
  for (const double number : *numbers) {
    const int column = static_cast<int>(std::clamp(number, -1000.0, 1e6));
    columns.push_back(column > 0 ? names.ColumnToTwin(relation, column) : column);
    if (columns.back() == 0) return std::nullopt;
  }
  return columns;
}

// A part of a row: the column, and the call that makes its value.
struct Part {
  std::string_view what;
  std::string_view column;
  std::string call;
  std::vector<std::optional<std::string>> parameters;
};

absl::StatusOr<Part> GroupsPart(std::string_view what, std::string_view column, std::string_view function,
                                const std::vector<ColumnGroup>& groups, Oid relation, const Names& names) {
  ArrayText lengths;
  ArrayText columns;
  ArrayText figures;
  for (const ColumnGroup& group : groups) {
    const std::optional<std::vector<int>> of_group = TwinColumns(group.columns, relation, names);
    if (!of_group) return absl::InvalidArgumentError("one of their columns is not there");
    lengths.Add(absl::StrCat(of_group->size()));
    for (const int number : *of_group) columns.Add(absl::StrCat(number));
    figures.Add(Exact(group.figure));
  }
  return Part{.what = what,
              .column = column,
              .call = absl::StrCat("pgassay_", ToAbsl(function), "($1::oid, $2::int4[], $3::int2[], $4::float8[])"),
              .parameters = {std::nullopt, lengths.Finish(), columns.Finish(), figures.Finish()}};
}

// The source keeps values in the order of its column numbers, the twin in that of its own.
absl::StatusOr<Part> ValuesPart(const ExtendedStatistics& of, const Names& names) {
  const std::optional<std::vector<int>> columns = TwinColumns(of.columns, of.relation, names);
  if (!columns) return absl::InvalidArgumentError("one of their columns is not there");
  std::vector<std::size_t> order(columns->size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::size_t i) { return (*columns)[i]; });
  ArrayText values;
  ArrayText frequencies;
  ArrayText base_frequencies;
  std::optional<std::size_t> dimensions;
  for (const CommonCombination& item : of.common) {
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::optional<std::string>> parsed,
                             catalog::ParseArrayText(item.values));
    if (parsed.size() < order.size() || parsed.size() != dimensions.value_or(parsed.size())) {
      return absl::InvalidArgumentError("a combination has another number of values");
    }
    dimensions = parsed.size();
    for (const std::size_t i : order) values.Add(parsed[i]);
    for (std::size_t i = order.size(); i < parsed.size(); ++i) values.Add(parsed[i]);
    frequencies.Add(Exact(item.frequency));
    base_frequencies.Add(Exact(item.base_frequency));
  }
  return Part{.what = "common combinations of values",
              .column = "stxdmcv",
              .call = "pgassay_common_values($1::oid, $2::text[], $3::float8[], $4::float8[])",
              .parameters = {std::nullopt, values.Finish(), frequencies.Finish(), base_frequencies.Finish()}};
}

// A number for the type of the expression comes from the twin; ANALYZE itself leaves relation and number at 0.
Part ExpressionsPart(const ExtendedStatistics& of, TwinOid object) {
  std::vector<StatisticRow> rows;
  for (const ColumnStatistics& expression : of.expressions) {
    rows.push_back({.statistics = Consistent(expression), .relation = object, .column = expression.column});
  }
  const std::string select = StatisticRowsSql(
      "CROSS JOIN LATERAL (SELECT pgassay_expression_type(r.relation, r.number, cardinality($1))) AS a(atttypid)");
  return Part{.what = "statistics of expressions",
              .column = "stxdexpr",
              .call = absl::StrCat("(SELECT array_agg(s::pg_statistic ORDER BY s.number) FROM (", select, ") AS s)"),
              .parameters = StatisticParameters(rows)};
}

class Loader {
 public:
  Loader(const Names& names, bool with_values, pg::Session& superuser, std::vector<CaptureGap>& gaps)
      : names_(names), with_values_(with_values), superuser_(superuser), gaps_(gaps) {}

  absl::Status Load(const ExtendedStatistics& of, TwinOid object) {
    const std::optional<std::string> key[] = {absl::StrCat(object.value), of.inherited ? "t" : "f"};
    const absl::Status inserted =
        superuser_.Query("INSERT INTO pg_statistic_ext_data (stxoid, stxdinherit) VALUES ($1::oid, $2::bool)", key)
            .status();
    if (!inserted.ok()) return Tell(of, "data", inserted);
    if (!of.distinct.empty()) {
      PGASSAY_RETURN_IF_ERROR(Fill(of, object,
                                   GroupsPart("numbers of different combinations", "stxdndistinct", "distinct_groups",
                                              of.distinct, of.relation, names_)));
    }
    if (!of.dependencies.empty()) {
      PGASSAY_RETURN_IF_ERROR(
          Fill(of, object,
               GroupsPart("dependencies", "stxddependencies", "dependencies", of.dependencies, of.relation, names_)));
    }
    if (!of.common.empty()) PGASSAY_RETURN_IF_ERROR(Fill(of, object, ValuesPart(of, names_)));
    if (of.expressions.empty()) return absl::OkStatus();
    if (with_values_ && std::ranges::any_of(of.expressions, [](const ColumnStatistics& expression) {
          return Consistent(expression).slots.size() != expression.slots.size();
        })) {
      gaps_.push_back({catalog::QuotedName(of.name), "a part of its statistics does not fit together and is left out"});
    }
    PGASSAY_RETURN_IF_ERROR(Fill(of, object, ExpressionsPart(of, object)));
    return absl::OkStatus();
  }

  bool GaveUp() const { return timeouts_ >= kMostTimeouts; }

 private:
  absl::Status Fill(const ExtendedStatistics& of, TwinOid object, absl::StatusOr<Part> part) {
    if (!part.ok()) return Tell(of, "data", part.status());
    // $1 is the object, but for the arrays of expressions, which name it themselves.
    if (!part->parameters.front()) part->parameters.front() = absl::StrCat(object.value);
    const std::string sql =
        absl::StrCat("UPDATE pg_statistic_ext_data SET ", ToAbsl(part->column), " = ", part->call,
                     " WHERE stxoid = ", object.value, " AND stxdinherit = ", of.inherited ? "true" : "false");
    const absl::Status sent = superuser_.Query(sql, part->parameters).status();
    if (absl::IsDeadlineExceeded(sent)) ++timeouts_;
    return sent.ok() ? sent : Tell(of, part->what, sent);
  }

  absl::Status Tell(const ExtendedStatistics& of, std::string_view what, const absl::Status& why) {
    if (IsFatal(why)) return why;
    gaps_.push_back({catalog::QuotedName(of.name),
                     absl::StrCat("its ", ToAbsl(what), " cannot be carried over: ", std::string(why.message()))});
    return absl::OkStatus();
  }

  const Names& names_;
  const bool with_values_;
  pg::Session& superuser_;
  std::vector<CaptureGap>& gaps_;
  int timeouts_ = 0;
};

}  // namespace

absl::StatusOr<StatisticsObjects> LoadExtendedStatistics(const Snapshot& snapshot, const Names& names,
                                                         pg::Session& superuser, std::vector<CaptureGap>& gaps) {
  StatisticsObjects loaded;
  if (snapshot.extended.empty()) return loaded;
  PGASSAY_ASSIGN_OR_RETURN(const auto objects, ReadObjects(superuser));
  Loader loader(names, snapshot.with_values, superuser, gaps);
  for (const ExtendedStatistics& of : snapshot.extended) {
    const TwinOid relation = names.ToTwin(of.relation);
    if (relation.value == 0) continue;  // said with the table
    const auto object = objects.find(of.name);
    if (object == objects.end() || object->second.relation != relation) {
      gaps.push_back({catalog::QuotedName(of.name), "these extended statistics could not be made on the twin"});
      continue;
    }
    PGASSAY_RETURN_IF_ERROR(loader.Load(of, object->second.oid));
    loaded.emplace_back(object->second.oid, of.oid);
    if (loader.GaveUp()) {
      gaps.push_back({"extended statistics", "reading the values takes too long, so the rest of them is left out"});
      break;
    }
  }
  return loaded;
}

std::string StatisticsOrderSql(const StatisticsObjects& objects) {
  ArrayText oids;
  ArrayText ranks;
  for (const auto& [twin, source] : objects) {
    oids.Add(absl::StrCat(twin.value));
    ranks.Add(absl::StrCat(source.value));
  }
  return absl::StrCat("SELECT pg_catalog.pgassay_statistics_order(", QuoteLiteral(oids.Finish()), "::oid[], ",
                      QuoteLiteral(ranks.Finish()), "::float8[])");
}

}  // namespace pgassay::twin
