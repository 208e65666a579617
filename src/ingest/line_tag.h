#pragma once

// The word in front of each text of a stderr log: "LOG:  ", "ERROR:  ", "DETAIL:  ".

#include <cstdint>
#include <optional>
#include <string_view>

#include "ingest/log_record.h"

namespace pgassay::ingest {

enum class LineTag : std::uint8_t {
  // These begin an entry.
  kDebug,
  kLog,
  kInfo,
  kNotice,
  kWarning,
  kError,
  kFatal,
  kPanic,
  // These go on with it.
  kDetail,
  kHint,
  kQuery,
  kContext,
  kLocation,
  kBacktrace,
  kStatement,
};

inline bool BeginsEntry(LineTag tag) {
  return tag <= LineTag::kPanic;
}

// kUnknown for a tag that begins no entry.
Severity SeverityOf(LineTag tag);

// The tag at the beginning of `text`, in any language that the server speaks; then it is taken away with the colon and
// the spaces behind it.
std::optional<LineTag> TakeTag(std::string_view& text);

}  // namespace pgassay::ingest
