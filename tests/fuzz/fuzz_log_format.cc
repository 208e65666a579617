// Any bytes as the beginning of a log: the format that is found can be read, and a log_line_prefix that is found is found
// again where it is given.

#include <cstdint>
#include <string_view>

#include "ingest/detect_format.h"
#include "log_oracles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace ingest = pgassay::ingest;
  using pgassay::fuzz::Require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto format = ingest::DetectFormat(text, {});
  const auto hinted = ingest::DetectFormat(text, {.line_prefix = format.ok() ? format->line_prefix : "%m [%p] "});
  Require(hinted.ok() == format.ok(), "a hint does not decide whether a log has a format");
  if (!format.ok()) return 0;
  Require(ingest::MakeReader(*format).ok(), "there is a reader for what was found");
  Require(hinted->kind == format->kind, "the prefix that was found leads to the same kind");
  pgassay::fuzz::CheckReader(*format, text, pgassay::fuzz::Cuts::kMayShow);
  return 0;
}
