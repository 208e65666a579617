#include "cli/suggest.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"

namespace pgassay::cli {
std::string DidYouMean(std::string_view mistyped, std::span<const std::string> known) {
  // Longer than any word here: nothing to compare, and the table above stays small.
  constexpr std::size_t kLongestWord = 64;
  const std::string* best = nullptr;
  std::size_t best_distance = 0;
  if (mistyped.size() > kLongestWord) return "";
  for (const std::string& word : known) {
    const bool prefix = mistyped.size() >= 3 && word.starts_with(mistyped);
    const std::size_t distance = prefix ? 0 : EditDistance(mistyped, word);
    if (distance > std::max<std::size_t>(1, word.size() / 3)) continue;
    if (best == nullptr || distance < best_distance) {
      best = &word;
      best_distance = distance;
    }
  }
  return best == nullptr ? "" : "; did you mean " + *best + "?";
}

}  // namespace pgassay::cli
