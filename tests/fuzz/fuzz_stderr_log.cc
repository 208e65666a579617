// Any bytes as a log of text behind a log_line_prefix, which is the input's first line.

#include <cstdint>
#include <string>
#include <string_view>

#include "log_oracles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using pgassay::fuzz::Cuts;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto [prefix, text] = pgassay::fuzz::SplitFirstLine(input);
  pgassay::fuzz::CheckReader({.line_prefix = std::string(prefix)}, text, Cuts::kDoNotShow);
  return 0;
}
