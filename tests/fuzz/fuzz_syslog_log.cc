// Any bytes as syslog's lines, BSD's or RFC 5424's; the input's first line is the log_line_prefix within them, or empty.

#include <cstdint>
#include <string>
#include <string_view>

#include "log_oracles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using pgassay::fuzz::Cuts;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  constexpr std::int64_t kLatest = 1'795'000'000'000'000;  // 2026-11: stamps without a year have one
  const auto [prefix, text] = pgassay::fuzz::SplitFirstLine(input);
  pgassay::fuzz::CheckReader({.kind = pgassay::ingest::FormatKind::kSyslog, .line_prefix = std::string(prefix), .latest_us = kLatest},
                             text, Cuts::kSplitEntries);
  return 0;
}
