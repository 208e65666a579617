#include "store/loop_text.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace pgassay::store {
namespace {

constexpr std::size_t kDigits = 16;

template <typename Code>
bool ParseCode(std::span<const std::string_view> slugs, std::string_view text, Code& code) {
  const auto found = std::ranges::find(slugs, text);
  if (found == slugs.end()) return false;
  code = static_cast<Code>(found - slugs.begin());
  return true;
}

// One hash of exactly kDigits digits, as HexDigits writes them.
bool ParseHash(std::string_view digits, std::uint64_t& hash) {
  const bool digits_only =
      std::ranges::all_of(digits, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (digits.size() != kDigits || !digits_only) return false;
  std::from_chars(digits.data(), digits.data() + digits.size(), hash, 16);
  return true;
}

}  // namespace

bool ParseSlug(std::string_view text, LoopKind& kind) {
  return ParseCode(kLoopKindSlugs, text, kind);
}

bool ParseSlug(std::string_view text, LoopSuppression& reason) {
  return ParseCode(kLoopSuppressionSlugs, text, reason);
}

std::string HashesText(const DistinctCount& distinct) {
  std::string text;
  for (const std::uint64_t hash : distinct.least)
    absl::StrAppend(&text, text.empty() ? "" : " ", HexDigits(hash, static_cast<int>(kDigits)));
  return text;
}

bool ParseHashesText(std::string_view text, DistinctCount& distinct) {
  while (!text.empty()) {
    if (!ParseHash(text.substr(0, kDigits), distinct.least.emplace_back())) return false;
    text.remove_prefix(kDigits);
    if (text.empty()) return true;
    if (text.front() != ' ' || text.size() == 1) return false;
    text.remove_prefix(1);
  }
  return true;
}

}  // namespace pgassay::store
