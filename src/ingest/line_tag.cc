#include "ingest/line_tag.h"

#include <cstddef>
#include <utility>

namespace pgassay::ingest {
namespace {

// Longest first letter groups are short: a handful of comparisons decide.
constexpr std::pair<std::string_view, LineTag> kEnglish[] = {
    {"LOG", LineTag::kLog},         {"DETAIL", LineTag::kDetail},     {"ERROR", LineTag::kError},
    {"STATEMENT", LineTag::kStatement}, {"CONTEXT", LineTag::kContext}, {"HINT", LineTag::kHint},
    {"WARNING", LineTag::kWarning}, {"FATAL", LineTag::kFatal},       {"PANIC", LineTag::kPanic},
    {"NOTICE", LineTag::kNotice},   {"INFO", LineTag::kInfo},         {"QUERY", LineTag::kQuery},
    {"LOCATION", LineTag::kLocation}, {"BACKTRACE", LineTag::kBacktrace}, {"DEBUG", LineTag::kDebug},
    {"DEBUG1", LineTag::kDebug},    {"DEBUG2", LineTag::kDebug},      {"DEBUG3", LineTag::kDebug},
    {"DEBUG4", LineTag::kDebug},    {"DEBUG5", LineTag::kDebug},
};

constexpr std::string_view kLog = "LOG:  ";
constexpr std::size_t kLongestTag = 48;  // bytes; Russian and Japanese words have two and three a letter

}  // namespace

Severity SeverityOf(LineTag tag) {
  switch (tag) {
    case LineTag::kDebug: return Severity::kDebug;
    case LineTag::kLog: return Severity::kLog;
    case LineTag::kInfo: return Severity::kInfo;
    case LineTag::kNotice: return Severity::kNotice;
    case LineTag::kWarning: return Severity::kWarning;
    case LineTag::kError: return Severity::kError;
    case LineTag::kFatal: return Severity::kFatal;
    case LineTag::kPanic: return Severity::kPanic;
    default: return Severity::kUnknown;
  }
}

std::optional<LineTag> TakeTag(std::string_view& text) {
  if (text.starts_with(kLog)) {  // nearly all
    text.remove_prefix(kLog.size());
    return LineTag::kLog;
  }
  const std::size_t colon = text.substr(0, kLongestTag).find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const std::string_view word = text.substr(0, colon);
  for (const auto& [name, tag] : kEnglish) {
    if (word != name) continue;
    text.remove_prefix(colon + 1);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    return tag;
  }
  return std::nullopt;
}

}  // namespace pgassay::ingest
