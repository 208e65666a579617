// Any bytes as a PostgreSQL array.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "catalog/array_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto elements = pgassay::catalog::ParseArrayText(text);
  const auto numbers = pgassay::catalog::ParseNumberArrayText(text);
  if (elements.ok() && numbers.ok() && elements->size() != numbers->size()) std::abort();
  return 0;
}
