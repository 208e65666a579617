// Any bytes as the parameters in a DETAIL: what is read is one literal for each number, whatever a value holds.

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "log_oracles.h"
#include "sql/plannable.h"
#include "sql/statement.h"
#include "workload/logged_parameters.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using pgassay::fuzz::Require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto values = pgassay::workload::ReadLoggedParameters(text);
  if (!values || text.find('\0') != std::string_view::npos) return 0;  // NUL: which no grammar reads
  for (std::size_t i = 0; i < values->size(); ++i) {
    const auto& value = (*values)[i];
    if (!value) continue;
    Require(value->size() <= 2 * text.size() + 4, "a value is not longer than its text");
    const auto bound = pgassay::sql::Substitute(absl::StrCat("SELECT a FROM t WHERE b = $", i + 1), *values);
    if (!bound.ok()) continue;  // invalid UTF-8, for one
    const auto facts = pgassay::sql::Examine(*bound);
    Require(facts.ok() && facts->normalized == "SELECT a FROM t WHERE b = $1", "a value stays a value");
    if (i > 8) break;  // the others are read in the same way
  }
  return 0;
}
