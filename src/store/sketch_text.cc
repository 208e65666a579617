#include "store/sketch_text.h"

#include <charconv>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace pgassay::store {
namespace {

// Takes a number and the character behind it away from `text`; at the end no character is needed.
template <typename Number>
bool Take(std::string_view& text, char end, Number& number) {
  const char* const last = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc() || (at != last && *at != end)) return false;
  text.remove_prefix(static_cast<std::size_t>(at - text.data()) + (at == last ? 0 : 1));
  return true;
}

}  // namespace

std::string SketchText(const Sketch& sketch) {
  std::string text;
  for (const auto& [bucket, count] : sketch.buckets)
    absl::StrAppend(&text, text.empty() ? "" : " ", bucket, ":", count);
  return text;
}

bool ParseSketchText(std::string_view text, Sketch& sketch) {
  while (!text.empty()) {
    std::uint16_t bucket = 0;
    std::uint64_t count = 0;
    if (!Take(text, ':', bucket) || !Take(text, ' ', count)) return false;
    const bool ascends = sketch.buckets.empty() || sketch.buckets.back().first < bucket;
    if (!ascends || bucket >= kSketchBuckets || count == 0) return false;
    sketch.buckets.emplace_back(bucket, count);
  }
  return true;
}

}  // namespace pgassay::store
