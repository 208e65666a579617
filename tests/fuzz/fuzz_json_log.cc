// Any bytes as a jsonlog.

#include <cstdint>
#include <string>
#include <string_view>

#include "log_oracles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using pgassay::fuzz::Cuts;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  pgassay::fuzz::CheckReader({.kind = pgassay::ingest::FormatKind::kJson, .line_prefix = {}}, input, Cuts::kDoNotShow);
  return 0;
}
