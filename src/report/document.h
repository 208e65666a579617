#pragma once

// What is said, apart from how it looks: an answer becomes a list of blocks once, and a renderer for each format turns
// the blocks into bytes. All text is raw: renderers make it printable and escape it. Literals are redacted before.

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "report/page.h"

namespace pgassay::report {

struct Title {
  std::string text;
};

struct Heading {
  std::string text;
};

// One of several things below a heading: "1. shop.orders (customer_id)" with the id that commands take.
struct Subject {
  std::string text;
  std::string id;
};

// A label and what it stands for: one or more sentences, or SQL that must stay as it is.
struct Fact {
  std::string label;
  std::vector<std::string> sentences;
  std::string sql;
};

struct Facts {
  enum class Place { kDocument, kSubject };
  Place place = Place::kDocument;
  std::vector<Fact> facts;
};

struct Paragraph {
  std::string text;
};

// A short line that belongs to the block before it: what was left out, for example.
struct Remark {
  std::string text;
};

// A table. Which cells hold SQL or names is said by the column, see TableColumn.
struct Table {
  std::vector<TableColumn> columns;
  std::vector<std::vector<std::string>> rows;
};

// A statement and its figures.
struct Entry {
  std::string id;
  std::string sql;
  std::string figures;
};

struct Entries {
  std::vector<Entry> entries;
  std::string more;  // how many are not shown; empty: none
};

// One line of a group: what, and the sentence about it.
struct ReasonItem {
  std::string subject;
  std::string sentence;
};

// Items that share a code.
struct ReasonGroup {
  std::string code;
  std::string phrase;
  std::vector<ReasonItem> items;
};

// Groups with their counts; of each as many items as `shown` says.
struct Groups {
  std::vector<ReasonGroup> groups;
  std::vector<std::size_t> shown;
  std::string more;  // how many items are not shown; empty: none
};

struct Bullets {
  std::vector<std::string> sentences;
};

// SQL to be copied and run, with comments.
struct ScriptLine {
  enum class Kind { kBlank, kRemark, kWrappedRemark, kSql };
  Kind kind = Kind::kSql;
  std::string text;  // a remark without its "--"
};

struct Script {
  std::vector<ScriptLine> lines;
};

// A node of a plan, as EXPLAIN shows it.
struct PlanNode {
  int depth = 0;
  std::string title;    // "Index Scan using orders_pkey on orders o"
  std::string figures;  // "cost=0.42..8.44 rows=1 width=8"
  std::vector<std::string> details;
  bool changed = false;  // has no equal at its place in the other plan
  friend bool operator==(const PlanNode&, const PlanNode&) = default;
};

// Nodes that stand beside each other; at least one of them is there.
struct PlanRow {
  std::optional<PlanNode> before;
  std::optional<PlanNode> after;
  friend bool operator==(const PlanRow&, const PlanRow&) = default;
};

// Two plans of one statement, row by row.
struct PlanPair {
  std::string before_title;
  std::string after_title;
  std::vector<PlanRow> rows;
};

using Block =
    std::variant<Title, Heading, Subject, Facts, Paragraph, Remark, Table, Entries, Groups, Bullets, Script, PlanPair>;

using Document = std::vector<Block>;

}  // namespace pgassay::report
