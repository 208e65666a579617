// The planner shows what the parser made of a condition: implicit casts are there, constants are folded. Each rewrite
// has the same rows for every value that the present one takes; where that needs a condition on the value, the finding
// says so.

#include "evidence/predicates.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "sql/conjuncts.h"

namespace pgassay::evidence {
namespace {

using sql::Conjunct;
using sql::Obstacle;

// A table of so few pages is read as a whole anyway.
constexpr std::int64_t kSmallPages = 8;

bool IsTime(std::string_view type) {
  return type.starts_with("timestamp");
}

bool IsInteger(std::string_view type) {
  return type == "smallint" || type == "integer" || type == "bigint";
}

bool IsText(std::string_view type) {
  return type == "text" || type.starts_with("character varying") || type == "name";
}

bool IsComparison(std::string_view op) {
  return op == "=" || op == "<" || op == "<=" || op == ">" || op == ">=";
}

// The steps of date_trunc that have a fixed length in a calendar.
bool IsUnit(std::string_view unit) {
  constexpr std::string_view kUnits[] = {"second", "minute", "hour", "day", "week", "month", "year"};
  return std::ranges::find(kUnits, unit) != std::end(kUnits);
}

// `column` in the values that a truncation to a step of length `step` makes equal to, before or after $1.
std::string Range(const std::string& column, const std::string& op, const std::string& step) {
  const std::string next = absl::StrCat("$1 + ", step);
  if (op == "=") return absl::StrCat(column, " >= $1 AND ", column, " < ", next);
  if (op == "<") return absl::StrCat(column, " < $1");
  if (op == "<=") return absl::StrCat(column, " < ", next);
  if (op == ">") return absl::StrCat(column, " >= ", next);
  return absl::StrCat(column, " >= $1");
}

struct Advice {
  const char* kind = "";
  std::string what;     // "a cast to date"
  std::string rewrite;  // empty: none is known
  std::string note;     // what has to hold for it, or what else can be done
};

std::optional<Advice> OfCast(const Conjunct& of, const Column& column, const std::string& name) {
  const std::string& type = of.word;
  const std::string what = absl::StrCat("a cast of ", name, " (", column.type, ") to ", type);
  if (type == "date" && IsTime(column.type) && IsComparison(of.op)) {
    return Advice{"column-cast", what, Range(name, of.op, "1"), "$1 is a date here."};
  }
  const bool number = type == "numeric" || type == "float8" || type == "float4";
  if (number && IsInteger(column.type) && of.op == "=") {
    return Advice{"column-cast", what, absl::StrCat(name, " = CAST($1 AS ", column.type, ")"),
                  absl::StrCat("The value is sent as ", type,
                               ": have the application send a whole number. For a value that is none, today's "
                               "condition has no rows, and the rewritten one rounds it.")};
  }
  if (type == "text" && IsInteger(column.type) && of.op == "=") {
    return Advice{
        "column-cast", what, absl::StrCat(name, " = CAST($1 AS ", column.type, ")"),
        "The text has to be a number as PostgreSQL prints it; another one is an error then, and has no rows today."};
  }
  // Of a domain (and of any other type of the database's own) the text does not tell whether the cast does anything.
  const bool builtin = IsTime(column.type) || IsInteger(column.type) || IsText(column.type) || column.type == "date" ||
                       column.type == "uuid" || column.type == "boolean" || column.type.starts_with("numeric");
  if (!builtin) return std::nullopt;
  if ((type == "text" && IsText(column.type)) || (IsInteger(column.type) && (type == "int8" || type == "int4")))
    return std::nullopt;
  return Advice{"column-cast", what, "", absl::StrCat("Compare ", name, " with a value of its own type.")};
}

std::optional<Advice> OfFunction(const Conjunct& of, const Column& column, const std::string& name) {
  const std::string what = absl::StrCat("a call of ", of.word, " on ", name);
  if (of.word == "lower" || of.word == "upper") {
    return Advice{"column-function", what, "",
                  absl::StrCat("An index on the expression ", of.word, "(", name,
                               ") serves it; a column of type citext (or with a "
                               "collation that ignores case) needs neither the call nor a second index.")};
  }
  if (of.word == "date" && IsTime(column.type) && IsComparison(of.op)) {
    return Advice{"column-function", what, Range(name, of.op, "1"), "$1 is a date here."};
  }
  return Advice{"column-function", what, "",
                "An index on the whole expression serves it, if all its functions are immutable."};
}

std::optional<Advice> OfObstacle(const Conjunct& of, const Column& column, const std::string& name) {
  switch (of.obstacle) {
    case Obstacle::kNone:
      return std::nullopt;
    case Obstacle::kCast:
      return OfCast(of, column, name);
    case Obstacle::kFunction:
      return OfFunction(of, column, name);
    case Obstacle::kDateTrunc:
      if (!IsTime(column.type) || !IsUnit(of.word) || !IsComparison(of.op)) return std::nullopt;
      return Advice{
          "column-function", absl::StrCat("date_trunc('", of.word, "', ", name, ")"),
          Range(name, of.op, absl::StrCat("interval '1 ", of.word, "'")),
          absl::StrCat("$1 has to be the beginning of a ", of.word, ", else today's condition has no rows or others.")};
    case Obstacle::kExtract:
      if (of.word != "year" || of.op != "=" || !IsTime(column.type)) break;
      return Advice{"column-function", absl::StrCat("extract(year FROM ", name, ")"),
                    absl::StrCat(name, " >= make_date($1, 1, 1) AND ", name, " < make_date($1 + 1, 1, 1)"),
                    "$1 is the year."};
    case Obstacle::kPlus:
    case Obstacle::kMinus:
      if (!IsComparison(of.op)) return std::nullopt;
      return Advice{"column-arithmetic", absl::StrCat("a sum of ", name, " and a value"),
                    absl::StrCat(name, " ", of.op, " $1 ", of.obstacle == Obstacle::kPlus ? "-" : "+", " $2"),
                    "$2 is the value of the sum; the column stands alone, and the rest is computed once."};
  }
  return Advice{"column-function", absl::StrCat("extract(", of.word, " FROM ", name, ")"), "",
                "An index on the whole expression serves it, if it is immutable."};
}

}  // namespace

std::optional<EvidenceFinding> HiddenColumn(const std::string& condition, const Relation& table) {
  if (table.pages < kSmallPages) return std::nullopt;
  const absl::StatusOr<std::vector<Conjunct>> conjuncts = sql::SplitConjuncts(condition);
  if (!conjuncts.ok()) return std::nullopt;
  for (const Conjunct& of : *conjuncts) {
    if (of.obstacle == Obstacle::kNone || of.columns.size() != 1) continue;
    const auto column = std::ranges::find(table.columns, of.columns.front().name, &Column::name);
    if (column == table.columns.end()) continue;
    const std::string name = QuoteIdentifier(column->name);
    const std::optional<Advice> advice = OfObstacle(of, *column, name);
    if (!advice) continue;
    EvidenceFinding finding;
    finding.kind = advice->kind;
    finding.subject = absl::StrCat(catalog::QuotedName(table.name), " (", name, ")");
    finding.summary = absl::StrCat("The condition compares ", advice->what, ", so no index on ", name,
                                   " alone can be searched by it.");
    finding.rewrite = advice->rewrite;
    finding.checked = advice->note;
    finding.id = HexDigits(StableHash(absl::StrCat(finding.kind, " ", finding.subject, " ", advice->what)), 12);
    return finding;
  }
  return std::nullopt;
}

}  // namespace pgassay::evidence
