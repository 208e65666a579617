#include "workload/weight_comment.h"

#include <charconv>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "base/text.h"

namespace pgassay::workload {

std::optional<std::string_view> WeightText(std::string_view comment) {
  absl::string_view rest = ToAbsl(comment);
  if (!absl::ConsumePrefix(&rest, "--")) {
    return std::nullopt;
  }
  constexpr std::string_view kWord = "weight";
  rest = absl::StripLeadingAsciiWhitespace(rest);
  if (!absl::StartsWithIgnoreCase(rest, ToAbsl(kWord))) {
    return std::nullopt;
  }
  rest = absl::StripLeadingAsciiWhitespace(rest.substr(kWord.size()));
  if (!absl::ConsumePrefix(&rest, ":")) {
    return std::nullopt;
  }
  return FromAbsl(absl::StripAsciiWhitespace(rest));
}

std::optional<double> ParseWeight(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789.") != std::string_view::npos) {
    return std::nullopt;
  }
  double weight = 0;
  const char* const end = text.data() + text.size();
  const std::from_chars_result parsed = std::from_chars(text.data(), end, weight, std::chars_format::fixed);
  if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(weight) || weight <= 0) {
    return std::nullopt;
  }
  return weight;
}

}  // namespace pgassay::workload
