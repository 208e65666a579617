// Any bytes as the JSON of a cloud service; the input's first line is the log_line_prefix of texts in it, or empty.

#include <cstdint>
#include <string>
#include <string_view>

#include "log_oracles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using pgassay::fuzz::Cuts;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto [prefix, text] = pgassay::fuzz::SplitFirstLine(input);
  pgassay::fuzz::CheckReader({.kind = pgassay::ingest::FormatKind::kCloud, .line_prefix = std::string(prefix)}, text,
                             Cuts::kMayShow);
  return 0;
}
