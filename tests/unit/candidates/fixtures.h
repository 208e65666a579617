#pragma once

// Requests and key lists in short: columns are 1 to 9 of one table.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "candidates/generate.h"
#include "candidates/request_view.h"
#include "catalog/index_request.h"

namespace pgassay::candidates {

inline constexpr Oid kTable{16384};

inline Relation NineColumns() {
  Relation table{.oid = kTable, .name = {"public", "t"}};
  for (int number = 1; number <= 9; ++number) {
    table.columns.push_back({.number = number, .name = std::string(1, static_cast<char>('a' + number - 1))});
  }
  return table;
}

inline Snapshot OneTable() {
  Snapshot snapshot;
  snapshot.relations = {NineColumns()};
  return snapshot;
}

inline catalog::RequestClause Clause(catalog::ClauseKind kind, int column, double selectivity = 0.1,
                                     std::vector<int> peers = {}) {
  return {.kind = kind, .column = column, .selectivity = selectivity, .peers = std::move(peers)};
}

inline catalog::RequestOrder Order(std::vector<catalog::OrderColumn> columns,
                                   catalog::OrderPurpose purpose = catalog::OrderPurpose::kSort) {
  return {.purpose = purpose, .columns = std::move(columns), .complete = true};
}

inline StatementRequests Statement(std::uint32_t id, double weight, catalog::IndexRequest request) {
  request.table = kTable;
  return {
      .statement = {id}, .template_id = "q" + std::to_string(id), .weight = weight, .requests = {std::move(request)}};
}

inline RequestView View(catalog::IndexRequest request, std::size_t max_width = 4) {
  const StatementRequests statement = Statement(1, 1, std::move(request));
  return MakeView(statement.requests[0], NineColumns(), ColumnRanks({&statement, 1}), max_width);
}

// "ab c" for keys (a, b) and (c); a capital letter is a descending column.
inline std::string Show(const std::vector<KeyList>& lists) {
  std::string text;
  for (const KeyList& keys : lists) {
    text += text.empty() ? "" : " ";
    for (const IndexKey& key : keys) {
      text += static_cast<char>((key.descending ? 'A' : 'a') + key.column - 1);
    }
  }
  return text;
}

inline IndexDef Def(std::string_view columns) {
  IndexDef def{.table = kTable};
  for (const char c : columns) {
    const bool descending = c < 'a';
    def.keys.push_back(
        {.column = c - (descending ? 'A' : 'a') + 1, .descending = descending, .nulls_first = descending});
  }
  return def;
}

inline Index Existing(std::uint32_t oid, std::string_view columns, bool unique = false) {
  Index index{.oid = {oid}, .name = {"public", "i" + std::to_string(oid)}, .def = Def(columns)};
  index.def.unique = unique;
  return index;
}

// "ab c" for the definitions of all candidates.
inline std::string Show(const Generated& generated) {
  std::vector<KeyList> lists;
  for (const catalog::Candidate& candidate : generated.candidates) {
    lists.push_back(candidate.def.keys);
  }
  return Show(lists);
}

}  // namespace pgassay::candidates
