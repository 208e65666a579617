// Any bytes as a text of pg_stat_statements: what is found in it must be readable, and take values or refuse them.

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/plannable.h"
#include "sql/statement.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::string& tag : pgassay::sql::QueryTags(text)) {
    if (tag.find('=') == std::string::npos) std::abort();
  }
  const auto parsable = pgassay::sql::MakeParsable(text);
  if (parsable.ok() && !pgassay::sql::Examine(parsable->text).ok()) std::abort();
  const auto found = pgassay::sql::FindPlannable(text);
  if (!found.ok()) return 0;
  const std::vector<std::optional<std::string>> numbers(9, "-1");
  const std::vector<std::optional<std::string>> hostile(9, std::string(text));  // the text as its own value
  for (const pgassay::sql::PlannableText& statement : found->statements) {
    const auto facts = pgassay::sql::Examine(statement.text);
    if (!facts.ok() || *facts != statement.facts) std::abort();
    for (const auto& literals : {numbers, hostile}) {
      const auto bound = pgassay::sql::Substitute(statement.text, literals);
      if (bound.ok() && !pgassay::sql::Examine(*bound).ok()) std::abort();
    }
    const auto typed = pgassay::sql::WithParameterTypes(statement.text, statement.parameter_types);
    if (typed.ok() && !pgassay::sql::Examine(*typed).ok()) std::abort();
  }
  return 0;
}
