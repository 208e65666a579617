#include "ingest/line_tag.h"

#include <cstddef>

#include "ingest/severity_words.h"

namespace pgassay::ingest {
namespace {

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
  std::string_view word = text.substr(0, colon);
  // French puts a space, plain or not to be broken, in front of a colon.
  if (word.ends_with("\u00A0")) word.remove_suffix(2);
  if (word.ends_with(' ')) word.remove_suffix(1);
  const std::optional<LineTag> tag = TagOf(word);
  if (!tag) return std::nullopt;
  text.remove_prefix(colon + 1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return tag;
}

}  // namespace pgassay::ingest
