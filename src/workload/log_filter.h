#pragma once

// pgassay::LogFilter, asked for each entry of a log.

#include <cstdint>
#include <string_view>

#include "ingest/log_record.h"
#include "pgassay/log_filter.h"

namespace pgassay::workload {

// What keeps an entry out: the first that does, in this order.
enum class FilterVerdict : std::uint8_t {
  kPasses,
  kNoTime,  // the filter has times and the entry has none
  kSince,
  kUntil,
  kNoDatabase,  // the filter has names and the entry has none
  kDatabase,
  kNoUser,
  kUser,
  kNoApplication,
  kApplication,
  kCount
};

// Slug of `verdict`: "since", "no-database", ...
std::string_view Slug(FilterVerdict verdict);

FilterVerdict Judge(const LogFilter& filter, const ingest::LogRecord& record);

}  // namespace pgassay::workload
