#include "cli/suggest.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace pgassay::cli {
namespace {

// Optimal string alignment distance: insertions, deletions, substitutions, and swaps of neighbours, each counting one.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) rows[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      rows[i][j] = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, substituted});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.size()][b.size()];
}

}  // namespace

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
