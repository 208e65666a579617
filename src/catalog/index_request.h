#pragma once

// The planner's own view of one base relation of one statement, as the planner extension reports it after views,
// subquery pull-up, constant folding and equivalence classes (DESIGN.md section 4). A plain value: all later steps are
// pure C++ and are tested without a server.

#include <optional>
#include <string>
#include <vector>

#include "pgassay/snapshot.h"
#include "pgassay/units.h"

namespace pgassay::catalog {

enum class ClauseKind {
  kEquality,  // column = value; the value does not depend on other columns of this relation
  kInList,    // column = ANY (values)
  kRange,     // <, <=, >=, >, and row comparisons by their first column
  kIsNull,
  kIsNotNull,
  kJoinEquality,  // column = column of another relation, also when derived from an equivalence class
  kOther,         // not for a B-tree on a plain column: `text` says what it is
};

// An access method and operator class that serve a clause.
struct ClauseAccess {
  std::string method;
  std::string opclass;  // as CREATE INDEX takes it; empty: the type's default one
  friend bool operator==(const ClauseAccess&, const ClauseAccess&) = default;
};

// The end of a range: column > value, and its like.
struct RangeBound {
  bool lower = false;  // of the least values; else of the greatest
  bool inclusive = false;
  bool time = false;  // a date or time
  double value = 0;   // of times: seconds since 1970
  friend bool operator==(const RangeBound&, const RangeBound&) = default;
};

// One restriction or join clause.
struct RequestClause {
  ClauseKind kind = ClauseKind::kOther;
  int column = 0;               // Column::number of the table; 0: an expression
  std::string expression;       // as CREATE INDEX takes it, where an index may hold it; empty for columns and the rest
  double selectivity = 1;       // the planner's, of this clause alone
  bool constant = false;        // compared with a literal (after folding), not with a parameter or an outer column
  std::vector<int> peers;       // kJoinEquality: range-table indexes of the other side
  bool default_opclass = true;  // the operator belongs to the default B-tree operator class and the column's collation
  std::string pattern_opclass;  // kOther: with this operator class a B-tree serves it as a range (LIKE 'x%')
  std::vector<ClauseAccess> access;  // kOther: what serves it instead of a B-tree
  std::optional<RangeBound> bound;   // kRange: where it is a literal that is a number or a time
  std::string text;                  // deparsed, literals included: print it only redacted
  friend bool operator==(const RequestClause&, const RequestClause&) = default;
};

struct OrderColumn {
  int column = 0;
  bool descending = false;
  bool nulls_first = false;
  friend bool operator==(const OrderColumn&, const OrderColumn&) = default;
};

enum class OrderPurpose { kSort, kGroup, kDistinct, kWindow };

// A useful order whose leading `columns` all belong to this relation.
struct RequestOrder {
  OrderPurpose purpose = OrderPurpose::kSort;
  std::vector<OrderColumn> columns;
  bool complete = false;  // the relation alone supplies the whole order
  friend bool operator==(const RequestOrder&, const RequestOrder&) = default;
};

struct IndexRequest {
  Oid table;                  // source OID
  int range_table_index = 0;  // within the query level
  int query_level = 0;        // number of the query level in order of planning, 0 first
  double rows = 0;            // after the restriction clauses
  double tuples = 0;          // in the table
  double limit_tuples = -1;   // LIMIT + OFFSET as far as the planner knows, -1 none
  bool dml_target = false;    // UPDATE, DELETE or MERGE target
  bool row_mark = false;      // FOR UPDATE and the like
  bool only = false;          // the rows of the table itself, without those of tables that inherit from it
  std::vector<RequestClause> clauses;
  std::vector<RequestOrder> orders;
  std::vector<int> needed_columns;  // Column::number, sorted; needed by the statement from this relation
  bool needs_whole_row = false;
  friend bool operator==(const IndexRequest&, const IndexRequest&) = default;
};

// What a statement writes to one table. MERGE has one for each kind of action, and as nothing tells how often each of
// its WHENs applies, they share the rows equally.
struct WriteTarget {
  Oid table;                 // source OID, as the statement names it: of a partitioned table the parent
  char command = 'i';        // i INSERT, u UPDATE, d DELETE
  std::vector<int> columns;  // Column::number, sorted; set by UPDATE or ON CONFLICT DO UPDATE
  double rows = 0;           // the planner's estimate of the rows written at a time
  double share = 1;          // of all rows that the statement writes to the table
  friend bool operator==(const WriteTarget&, const WriteTarget&) = default;
};

}  // namespace pgassay::catalog
