// stats: what ANALYZE and the catalog know, a line for each table, column or index.
//
//   orders rows=2000000 pages=40000 visible=39000 updated=5000 hot=4000
//   orders.customer_id distinct=100000 width=8 nulls=0.1 correlation=0.99
//   orders_note_idx invalid
//   captured 2026-01-31T00:00:00Z

#include <algorithm>
#include <cstddef>
#include <tuple>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "golden/directives.h"

namespace pgassay::golden {
namespace {

absl::StatusOr<double> Value(std::string_view word, std::string_view name) {
  double value = 0;
  if (!word.starts_with(name) || !absl::SimpleAtod(ToAbsl(word.substr(name.size())), &value)) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected ", ToAbsl(name), " and a number, not '", ToAbsl(word), "'"));
  }
  return value;
}

absl::Status ReadTable(Relation& table, const Lines& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string name = words[i].substr(0, words[i].find('=') + 1);
    if (name == "rows=") {
      PGASSAY_ASSIGN_OR_RETURN(table.statistics_tuples, Value(words[i], name));
      continue;
    }
    PGASSAY_ASSIGN_OR_RETURN(const double value, Value(words[i], name.empty() ? "rows=" : name));
    if (name == "pages=") {
      table.pages = static_cast<std::int64_t>(value);
      table.statistics_pages = static_cast<int>(value);
    } else if (name == "visible=") {
      table.all_visible_pages = static_cast<int>(value);
    } else if (name == "updated=") {
      table.counters.tuples_updated = static_cast<std::int64_t>(value);
    } else if (name == "hot=") {
      table.counters.tuples_hot_updated = static_cast<std::int64_t>(value);
    } else {
      return absl::InvalidArgumentError(absl::StrCat("nothing of a table is called '", name, "'"));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadColumn(Snapshot& snapshot, const Lines& words) {
  const std::size_t dot = words[0].rfind('.');
  const Relation* const table = dot == std::string::npos ? nullptr : FindTable(snapshot, words[0].substr(0, dot));
  const int column = table == nullptr ? 0 : ColumnNumber(*table, words[0].substr(dot + 1));
  if (column <= 0 || words.size() < 2) {
    return absl::InvalidArgumentError("no such table, column or index, or nothing said about it");
  }
  ColumnStatistics statistics{.relation = table->oid, .column = column, .inherited = table->kind == 'p'};
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].starts_with("width=")) {
      PGASSAY_ASSIGN_OR_RETURN(const double width, Value(words[i], "width="));
      statistics.average_width = static_cast<int>(width);
    } else if (words[i].starts_with("nulls=")) {
      PGASSAY_ASSIGN_OR_RETURN(statistics.null_fraction, Value(words[i], "nulls="));
    } else if (words[i].starts_with("correlation=")) {
      PGASSAY_RETURN_IF_ERROR(Value(words[i], "correlation=").status());
      constexpr int kCorrelation = 3;
      statistics.slots.push_back({.kind = kCorrelation, .numbers = absl::StrCat("{", words[i].substr(12), "}")});
    } else {
      PGASSAY_ASSIGN_OR_RETURN(statistics.distinct, Value(words[i], "distinct="));
    }
  }
  snapshot.statistics.push_back(statistics);
  std::ranges::sort(snapshot.statistics, {},
                    [](const ColumnStatistics& row) { return std::tuple(row.relation, row.column, row.inherited); });
  return absl::OkStatus();
}

absl::Status ReadLine(Case& state, std::string_view line) {
  const Lines words = absl::StrSplit(ToAbsl(line), absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (words[0] == "captured" && words.size() == 2) {
    state.snapshot.captured_at = words[1];
    return absl::OkStatus();
  }
  if (Relation* const table = FindTable(state.snapshot, words[0]); table != nullptr) {
    return ReadTable(*table, words);
  }
  if (Index* const index = FindIndexByName(state.snapshot, words[0]); index != nullptr) {
    if (words != Lines{words[0], "invalid"}) {
      return absl::InvalidArgumentError("all that can be said about an index is 'invalid'");
    }
    index->valid = false;
    return absl::OkStatus();
  }
  return ReadColumn(state.snapshot, words);
}

}  // namespace

absl::StatusOr<Lines> ReadStatistics(Case& state, const Block& block) {
  PGASSAY_RETURN_IF_ERROR(ForEachLine(block, ReadLine, state));
  return Lines{};
}

}  // namespace pgassay::golden
