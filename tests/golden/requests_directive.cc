// requests: what the planner would ask for, a line for each table of a statement; a statement may have several lines.
//
//   q1 weight=9000 orders: eq customer_id; order placed_at desc nulls last, id; limit 20
//
//   eq, in, null, notnull, range COLUMN [sel=0.1]   a restriction; the selectivity comes from stats unless given
//   join COLUMN [peer=2] [sel=0.1]                  peer: range-table index of the other side
//                                                   COLUMN may be an expression without spaces, :lower(email)
//   ... is TEXT                                     at the end of a restriction: compared with a literal, such is its
//                                                   text; of a range (COLUMN > 5) or (COLUMN >= '2024-01-31')
//   pattern COLUMN OPCLASS                          LIKE 'x%', which a B-tree serves with that operator class
//   access COLUMN METHOD[:OPCLASS] ...              an operator that other access methods serve
//   expr TEXT                                       a clause on an expression
//   foreign COLUMN TEXT                             an operator that a plain B-tree does not serve
//   order, window, group, distinct COLUMN [desc] [nulls first|last], ...
//   limit N
//   needs COLUMN, ...                               columns that the statement needs besides those of other parts
//   whole row, target, lock, only                   it needs whole rows; it writes them; it locks them; ONLY this table
//   referential                                     the search of a foreign key for a row of its parent
//   parameters, made up                             its values came as parameters, or from statistics
//   q1.2 orders: ...                                another call of q1, of one line
//   update COLUMN, ...                              no request: the statement sets these columns

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/index_request.h"
#include "golden/directives.h"

namespace pgassay::golden {
namespace {

using catalog::ClauseKind;
using catalog::IndexRequest;
using catalog::OrderPurpose;
using catalog::RequestClause;

struct ClauseWord {
  std::string_view word;
  ClauseKind kind;
  double selectivity;  // PostgreSQL's order of magnitude without statistics
};

constexpr ClauseWord kClauseWords[] = {
    {"eq", ClauseKind::kEquality, 0.005}, {"in", ClauseKind::kInList, 0.02},
    {"null", ClauseKind::kIsNull, 0.01},  {"notnull", ClauseKind::kIsNotNull, 0.99},
    {"range", ClauseKind::kRange, 0.33},  {"join", ClauseKind::kJoinEquality, 0.005}};

struct OrderWord {
  std::string_view word;
  OrderPurpose purpose;
};

constexpr OrderWord kOrderWords[] = {{"order", OrderPurpose::kSort},
                                     {"window", OrderPurpose::kWindow},
                                     {"group", OrderPurpose::kGroup},
                                     {"distinct", OrderPurpose::kDistinct}};

Lines Words(std::string_view text) {
  return absl::StrSplit(ToAbsl(text), absl::ByAnyChar(" \t"), absl::SkipEmpty());
}

absl::StatusOr<int> Column(const Relation& table, const std::string& name) {
  const int number = ColumnNumber(table, name);
  return number != 0 ? absl::StatusOr<int>(number) : absl::InvalidArgumentError(absl::StrCat("no column '", name, "'"));
}

absl::StatusOr<double> Number(std::string_view text) {
  double value = 0;
  return absl::SimpleAtod(ToAbsl(text), &value)
             ? absl::StatusOr<double>(value)
             : absl::InvalidArgumentError(absl::StrCat("'", ToAbsl(text), "' is no number"));
}

// A column, or an expression behind a colon.
absl::Status ReadOperand(const Relation& table, const std::string& word, RequestClause& clause) {
  if (word.starts_with(":")) {
    clause.expression = word.substr(1);
    return absl::OkStatus();
  }
  PGASSAY_ASSIGN_OR_RETURN(clause.column, Column(table, word));
  return absl::OkStatus();
}

absl::StatusOr<RequestClause> ReadOther(const Relation& table, const Lines& words) {
  RequestClause clause{.kind = ClauseKind::kOther, .selectivity = 0.01, .default_opclass = false};
  PGASSAY_RETURN_IF_ERROR(ReadOperand(table, words[1], clause));
  if (words[0] == "pattern") {
    clause.pattern_opclass = words[2];
    return clause;
  }
  for (std::size_t i = 2; i < words.size(); ++i) {
    const std::pair<std::string, std::string> access = absl::StrSplit(words[i], absl::MaxSplits(':', 1));
    clause.access.push_back({access.first, access.second});
  }
  return clause;
}

double Selectivity(const Snapshot& snapshot, Oid table, int column, const ClauseWord& word) {
  const ColumnStatistics* const statistics = snapshot.FindStatistics(table, column, false);
  const bool equality = word.kind == ClauseKind::kEquality || word.kind == ClauseKind::kJoinEquality;
  return equality && statistics != nullptr && statistics->distinct > 0 ? 1 / statistics->distinct : word.selectivity;
}

// Where "(total > 1000)" or "(placed_at >= '2024-01-31')" begins or ends.
std::optional<catalog::RangeBound> ReadBound(std::string_view text) {
  if (!text.starts_with("(") || !text.ends_with(")")) {
    return std::nullopt;
  }
  const Lines words = Words(text.substr(1, text.size() - 2));
  if (words.size() != 3) {
    return std::nullopt;
  }
  catalog::RangeBound bound{.lower = words[1].starts_with(">"), .inclusive = words[1].ends_with("=")};
  absl::Time time;
  std::string error;
  if (absl::ParseTime("'%Y-%m-%d'", words[2], &time, &error)) {
    bound.time = true;
    bound.value = absl::ToDoubleSeconds(time - absl::UnixEpoch());
    return bound;
  }
  return absl::SimpleAtod(words[2], &bound.value) ? std::optional(bound) : std::nullopt;
}

absl::StatusOr<RequestClause> ReadClause(const Snapshot& snapshot, const Relation& table, const ClauseWord& word,
                                         const Lines& words) {
  if (words.size() < 2) {
    return absl::InvalidArgumentError("no column");
  }
  RequestClause clause{.kind = word.kind};
  PGASSAY_RETURN_IF_ERROR(ReadOperand(table, words[1], clause));
  clause.selectivity = Selectivity(snapshot, table.oid, clause.column, word);
  if (word.kind == ClauseKind::kIsNull) clause.text = words[1] + " IS NULL";
  if (word.kind == ClauseKind::kIsNotNull) clause.text = words[1] + " IS NOT NULL";
  if (word.kind == ClauseKind::kJoinEquality) {
    clause.peers = {2};
  }
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i] == "is") {
      clause.constant = true;
      clause.text = absl::StrJoin(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end(), " ");
      if (word.kind == ClauseKind::kRange) clause.bound = ReadBound(clause.text);
      break;
    }
    const std::size_t equals = words[i].find('=');
    PGASSAY_ASSIGN_OR_RETURN(const double value, Number(std::string_view(words[i]).substr(equals + 1)));
    if (words[i].starts_with("sel=")) {
      clause.selectivity = value;
    } else if (words[i].starts_with("peer=")) {
      clause.peers = {static_cast<int>(value)};
    } else {
      return absl::InvalidArgumentError(absl::StrCat("'", words[i], "' is neither sel= nor peer="));
    }
  }
  return clause;
}

absl::StatusOr<std::vector<int>> ReadColumns(const Relation& table, std::string_view text) {
  std::vector<int> columns;
  for (const absl::string_view item : absl::StrSplit(ToAbsl(text), ',')) {
    PGASSAY_ASSIGN_OR_RETURN(const int column, Column(table, std::string(absl::StripAsciiWhitespace(item))));
    columns.push_back(column);
  }
  return columns;
}

absl::StatusOr<catalog::RequestOrder> ReadOrder(const Relation& table, OrderPurpose purpose, std::string_view text) {
  catalog::RequestOrder order{.purpose = purpose, .complete = true};
  for (const absl::string_view item : absl::StrSplit(ToAbsl(text), ',')) {
    const Lines words = Words(FromAbsl(item));
    if (words.empty()) {
      return absl::InvalidArgumentError("no column");
    }
    catalog::OrderColumn column;
    PGASSAY_ASSIGN_OR_RETURN(column.column, Column(table, words[0]));
    column.descending = words.size() > 1 && words[1] == "desc";
    column.nulls_first = column.descending;
    if (const auto nulls = std::find(words.begin(), words.end(), "nulls");
        nulls != words.end() && nulls + 1 != words.end()) {
      column.nulls_first = *(nulls + 1) == "first";
    }
    order.columns.push_back(column);
  }
  return order;
}

absl::Status ReadPart(const Snapshot& snapshot, const Relation& table, std::string_view part, IndexRequest& request) {
  const Lines words = Words(part);
  if (words.empty()) {
    return absl::OkStatus();
  }
  const std::string_view rest =
      FromAbsl(absl::StripAsciiWhitespace(ToAbsl(part.substr(part.find(words[0]) + words[0].size()))));
  if (const auto* word = std::ranges::find(kClauseWords, std::string_view(words[0]), &ClauseWord::word);
      word != std::end(kClauseWords)) {
    PGASSAY_ASSIGN_OR_RETURN(RequestClause clause, ReadClause(snapshot, table, *word, words));
    request.clauses.push_back(std::move(clause));
    return absl::OkStatus();
  }
  if (const auto* word = std::ranges::find(kOrderWords, std::string_view(words[0]), &OrderWord::word);
      word != std::end(kOrderWords)) {
    PGASSAY_ASSIGN_OR_RETURN(catalog::RequestOrder order, ReadOrder(table, word->purpose, rest));
    request.orders.push_back(std::move(order));
    return absl::OkStatus();
  }
  if ((words[0] == "pattern" || words[0] == "access") && words.size() > 2) {
    PGASSAY_ASSIGN_OR_RETURN(RequestClause clause, ReadOther(table, words));
    request.clauses.push_back(std::move(clause));
    return absl::OkStatus();
  }
  if (words[0] == "expr") {
    request.clauses.push_back({.kind = ClauseKind::kOther, .text = std::string(rest)});
    return absl::OkStatus();
  }
  if (words[0] == "foreign" && words.size() > 1) {
    RequestClause clause{.kind = ClauseKind::kOther, .default_opclass = false};
    PGASSAY_ASSIGN_OR_RETURN(clause.column, Column(table, words[1]));
    clause.text = rest.substr(words[1].size() + 1);
    request.clauses.push_back(std::move(clause));
    return absl::OkStatus();
  }
  if (words[0] == "needs") {
    PGASSAY_ASSIGN_OR_RETURN(request.needed_columns, ReadColumns(table, rest));
    return absl::OkStatus();
  }
  request.needs_whole_row |= words == Lines{"whole", "row"};
  request.dml_target |= words == Lines{"target"};
  request.row_mark |= words == Lines{"lock"};
  request.only |= words == Lines{"only"};
  if (words == Lines{"whole", "row"} || words == Lines{"target"} || words == Lines{"lock"} || words == Lines{"only"}) {
    return absl::OkStatus();
  }
  if (words[0] == "limit") {
    PGASSAY_ASSIGN_OR_RETURN(request.limit_tuples, Number(rest));
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("'", words[0], "' is no part of a request"));
}

// The columns of clauses are needed too; where no part says what else is, nothing is known.
void CompleteNeeded(IndexRequest& request) {
  if (request.needed_columns.empty()) {
    return;
  }
  std::set<int> needed(request.needed_columns.begin(), request.needed_columns.end());
  for (const RequestClause& clause : request.clauses) {
    if (clause.column > 0) {
      needed.insert(clause.column);
    }
  }
  for (const catalog::RequestOrder& order : request.orders) {
    for (const catalog::OrderColumn& column : order.columns) {
      needed.insert(column.column);
    }
  }
  request.needed_columns.assign(needed.begin(), needed.end());
}

absl::Status ReadLine(Case& state, std::string_view line) {
  const std::size_t colon = line.find(':');
  const Lines words = Words(line.substr(0, colon));
  if (colon == std::string_view::npos || words.size() < 2) {
    return absl::InvalidArgumentError("expected: STATEMENT [weight=N] TABLE: ...");
  }
  const Relation* const table = FindTable(state.snapshot, words.back());
  if (table == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("no table '", words.back(), "'"));
  }
  const std::size_t call = words[0].find('.');
  const std::string template_id = words[0].substr(0, call);
  auto statement = std::ranges::find(state.statements, template_id, &candidates::StatementRequests::template_id);
  if (statement == state.statements.end() || call != std::string::npos) {
    const StatementId id{static_cast<std::uint32_t>(state.statements.size())};
    statement = state.statements.insert(state.statements.end(), {.statement = id, .template_id = template_id});
  }
  if (words.size() == 3 && words[1].starts_with("weight=")) {
    PGASSAY_ASSIGN_OR_RETURN(statement->weight, Number(std::string_view(words[1]).substr(7)));
  } else if (words.size() != 2) {
    return absl::InvalidArgumentError("the only option of a statement is weight=");
  }
  IndexRequest request{.table = table->oid, .range_table_index = 1};
  const std::string_view parts = line.substr(colon + 1);
  if (constexpr std::string_view update = " update "; parts.starts_with(update)) {
    PGASSAY_ASSIGN_OR_RETURN(std::vector<int> columns, ReadColumns(*table, parts.substr(update.size())));
    statement->targets.push_back({.table = table->oid, .command = 'u', .columns = std::move(columns)});
    return absl::OkStatus();
  }
  for (const absl::string_view part : absl::StrSplit(ToAbsl(parts), ';')) {
    const absl::string_view word = absl::StripAsciiWhitespace(part);
    statement->referential |= word == "referential";
    statement->parameters |= word == "parameters";
    statement->observed &= word != "made up";
    if (word == "referential" || word == "parameters" || word == "made up") {
      continue;
    }
    PGASSAY_RETURN_IF_ERROR(ReadPart(state.snapshot, *table, FromAbsl(part), request));
  }
  CompleteNeeded(request);
  statement->requests.push_back(std::move(request));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Lines> ReadRequests(Case& state, const Block& block) {
  PGASSAY_RETURN_IF_ERROR(ForEachLine(block, ReadLine, state));
  return Lines{};
}

}  // namespace pgassay::golden
