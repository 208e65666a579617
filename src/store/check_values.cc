#include "store/check_values.h"

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "store/sketch_text.h"
#include "store/sorted.h"

namespace pgassay::store {

absl::Status Problem(std::string_view row, std::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(ToAbsl(row), ": ", ToAbsl(problem)));
}

std::string Row(std::string_view table, std::size_t number) {
  return absl::StrCat(ToAbsl(table), ", row ", number);
}

absl::Status CheckSketch(const Sketch& sketch, std::string_view column, std::string_view row) {
  if (!IsStrictlySorted(sketch.buckets, [](const auto& entry) { return entry.first; }))
    return Problem(row, absl::StrCat("the buckets of ", ToAbsl(column), " are not in order"));
  if (!sketch.buckets.empty() && sketch.buckets.back().first >= kSketchBuckets)
    return Problem(row, absl::StrCat("a bucket of ", ToAbsl(column), " is beyond the last one"));
  std::uint64_t sum = 0;
  for (const auto& [bucket, count] : sketch.buckets) {
    if (count == 0 || !IsCount(count) || !IsCount(sum += count))
      return Problem(row, absl::StrCat("a count of ", ToAbsl(column), " is out of range"));
  }
  return absl::OkStatus();
}

}  // namespace pgassay::store
