// Any bytes as Heroku's lines; the input's first line is the log_line_prefix within them, or empty.

#include <cstdint>
#include <string>
#include <string_view>

#include "log_oracles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using pgassay::fuzz::Cuts;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto [prefix, text] = pgassay::fuzz::SplitFirstLine(input);
  pgassay::fuzz::CheckReader({.kind = pgassay::ingest::FormatKind::kLogplex, .line_prefix = std::string(prefix)}, text,
                             Cuts::kSplitEntries);
  return 0;
}
