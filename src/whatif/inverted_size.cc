#include "whatif/inverted_size.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace pgassay::whatif {
namespace {

constexpr double kRoom = 8192 - 24 - 8 - 8;  // of a page of lists: less header, right bound and special space
constexpr double kEntryRoom = 8192 - 24 - 8;
constexpr double kLinePointer = 4;
constexpr double kIndexTuple = 8;
constexpr double kListHeader = 8;      // first row and length (GinPostingList)
constexpr double kSegmentBytes = 256;  // of a list in a page of its own (GinPostingListSegmentTargetSize)
constexpr double kLargestEntry = 2704;
// Elements come to the build in ascending order, and a split leaves half of the entries on the left page.
constexpr double kEntryFill = 0.5;

double AlignedTo(double bytes, double unit) {
  return std::ceil(bytes / unit) * unit;
}

// Bytes of the difference between two neighbours of `rows` evenly spread over `pages` blocks: seven bits a byte, eleven
// bits of which say the place within the block (ginpostinglist.c).
double BytesPerRow(double rows, double pages) {
  const double per_page = rows / std::max(1.0, pages);
  const double in_same_page = std::max(0.0, 1 - (1 - std::exp(-per_page)) / std::max(1e-12, per_page));
  double bytes = 2;
  for (double reach = 8; reach < 1e8; reach *= 128) bytes += std::exp(-(reach - 1) * per_page);
  return in_same_page + (1 - in_same_page) * std::min(bytes, 6.0);
}

// No index has more pages or entries.
std::int64_t Whole(double count) {
  return static_cast<std::int64_t>(std::llround(std::clamp(count, 0.0, 1e12)));
}

}  // namespace

InvertedCounts CountInvertedKey(const std::vector<ElementClass>& elements, double rows, double table_pages) {
  double entry_bytes = 0;
  double list_pages = 0;
  double entries = 0;
  for (const ElementClass& of : elements) {
    entries += of.elements;
    const double with = std::max(1.0, of.rows * rows);
    const double differences = (with - 1) * BytesPerRow(with, table_pages);
    const double key = AlignedTo(kIndexTuple + of.bytes, 2);
    const double inlined = AlignedTo(key + kListHeader + differences, 8);
    if (inlined <= kLargestEntry) {
      entry_bytes += of.elements * (inlined + kLinePointer);
      continue;
    }
    entry_bytes += of.elements * (AlignedTo(key, 8) + kLinePointer);
    const double leaves = std::ceil(differences * (1 + kListHeader / kSegmentBytes) / kRoom);
    list_pages += of.elements * (leaves > 1 ? leaves + 1 : 1);
  }
  const double entry_pages = entry_bytes <= kEntryRoom ? 1 : std::ceil(entry_bytes / (kEntryRoom * kEntryFill)) + 1;
  return {.total_pages = 1 + Whole(entry_pages) + Whole(list_pages),
          .entry_pages = Whole(entry_pages),
          .data_pages = Whole(list_pages),
          .entries = Whole(entries),
          .pending_pages = 0};
}

}  // namespace pgassay::whatif
