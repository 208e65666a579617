#pragma once

// From what an application sent, or pg_stat_statements shows, to statements that the planner sees and values can be put
// into. Everything works on tokens and syntax trees. All functions are thread-safe.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "sql/statement.h"

namespace pgassay::sql {

// A parameter for which only few values are legal; with any other the server would refuse the statement.
struct ForcedValue {
  int number = 0;       // n of $n
  std::string literal;  // SQL text: "'day'" for date_trunc($1, ...)
  friend bool operator==(const ForcedValue&, const ForcedValue&) = default;
};

// A statement that the planner sees.
struct PlannableText {
  bool executed = true;  // false: EXPLAIN without ANALYZE, which plans it and does not run it
  std::string text;  // without what stood around it, and as MakeParsable would make it; comments within it are kept
  // What PREPARE declares for $1, $2 and so on, as written; empty without PREPARE or without a list of types.
  std::vector<std::string> parameter_types;
  std::vector<ForcedValue> forced;  // as MakeParsable
  StatementFacts facts;             // as Examine says about `text`
};

struct Plannables {
  std::vector<PlannableText> statements;  // in order
  // Of the statements that the planner has no part in, in order: the grammar's node ("VacuumStmt"), or the first word
  // where $n stands in a place that only the server's own grammar can fill (FETCH $1 FROM c).
  std::vector<std::string> utilities;
};

// The statements in `text` as the planner sees them: each SELECT, INSERT, UPDATE, DELETE and MERGE, also out of
// PREPARE, DECLARE CURSOR, EXPLAIN, CREATE TABLE AS, CREATE MATERIALIZED VIEW AS, SELECT INTO and COPY (...) TO, and
// out of one within another. What is taken out keeps its fingerprint. EXECUTE and CREATE VIEW are utilities.
// InvalidArgument with the grammar's message and the line, the first one being `first_line`.
absl::StatusOr<Plannables> FindPlannable(std::string_view text, std::size_t first_line = 1);

struct ParsableText {
  std::string text;
  std::vector<ForcedValue> forced;  // parameters of `text`, by number, unique
  friend bool operator==(const ParsableText&, const ParsableText&) = default;
};

// One statement as pg_stat_statements writes it, changed so that PostgreSQL itself accepts it with $n as parameters:
// typed constants (interval $1 day, date $2) become CAST($1 AS interval day), and a $n that stands for a keyword gets
// one (extract($1 FROM x), x IS $1 NORMALIZED); $n glued to a neighbour (date$1, $2as) is set apart. Comments stay. A
// text without such places comes back unchanged, and doing it twice changes nothing more. InvalidArgument as Examine.
absl::StatusOr<ParsableText> MakeParsable(std::string_view text);

// `text`, out of MakeParsable, with CAST($n AS type) in place of each $n that has a type, types[0] being that of $1.
// InvalidArgument where the grammar refuses the result.
absl::StatusOr<std::string> WithParameterTypes(std::string_view text, std::span<const std::string> types);

// Where $n stands.
struct ParameterPlace {
  int number = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const ParameterPlace&, const ParameterPlace&) = default;
};

// Every $n of `text` in order, none within quotes and comments. Where the scanner cannot read on, the rest has none.
std::vector<ParameterPlace> ParameterPlaces(std::string_view text);

// `text`, one statement, with each $n replaced by the SQL text literals[n - 1], in parentheses and with spaces where it
// would run together with its neighbours. Only the values that occur are looked at. InvalidArgument: no literal for a
// parameter, a literal that is no single expression, or a result that the grammar refuses; messages hold no literals.
absl::StatusOr<std::string> Substitute(std::string_view text, std::span<const std::optional<std::string>> literals);

// A statement with $n in place of its constants, and these.
struct ParameterizedText {
  std::string text;  // as MakeParsable would make it
  // values[n - 1] is that of $n as PostgreSQL would print it: quotes and escapes undone, none for NULL.
  std::vector<std::optional<std::string>> values;
};

// The reverse of Substitute for one statement without parameters. InvalidArgument as Examine, for a statement that has
// parameters, and for one with a constant that the scanner sees as several tokens (U&'...' UESCAPE '!').
absl::StatusOr<ParameterizedText> Parameterize(std::string_view statement);

// The query tags in the comments of `text` as "key=value", sorted and unique: sqlcommenter's /*key='value',...*/, its
// URL encoding undone, and marginalia's /*key:value,...*/. No other comment counts.
std::vector<std::string> QueryTags(std::string_view text);

}  // namespace pgassay::sql
