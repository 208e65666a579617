#include "whatif/btree_pages.h"

#include <algorithm>
#include <cmath>

namespace pgassay::whatif {
namespace {

constexpr int kPage = 8192;
constexpr int kPageHeader = 24;  // SizeOfPageHeaderData
constexpr int kSpecial = 16;     // MAXALIGN(sizeof(BTPageOpaqueData))
constexpr int kLinePointer = 4;  // sizeof(ItemIdData)
constexpr int kRowPointer = 6;   // sizeof(ItemPointerData)
constexpr int kIndexTuple = 8;   // sizeof(IndexTupleData)

// A new page has the line pointer of its high key already.
constexpr int kEmptyPage = kPage - kPageHeader - kSpecial - kLinePointer;
// A page is full when less than this is left: fillfactor 90 for leaves, 70 above them.
constexpr int kLeafReserve = kPage * (100 - 90) / 100;
constexpr int kUpperReserve = kPage * (100 - 70) / 100;
// Largest posting tuple of a build: a tenth of a page, rounded down to 8, less a line pointer.
constexpr int kPostingMax = (kPage * 10 / 100) / 8 * 8 - kLinePointer;

// Groups larger than this many full posting lists are no different per row.
constexpr std::int64_t kManyPostings = 1000;
// Enough pages for the pattern in which equal keys fill them to repeat.
constexpr double kPatternPages = 40;

}  // namespace

LeafFiller::LeafFiller() : free_(kEmptyPage) {}

void LeafFiller::Add(int size, int posting) {
  const int available = free_ - kLinePointer;
  const bool no_room = available < size + MaxAlign(kRowPointer);  // a high key may get a row pointer appended
  if (items_ > 1 && (no_room || available + last_posting_ < kLeafReserve)) {
    ++finished_;
    free_ = kEmptyPage - last_size_ - kLinePointer;  // the last tuple moves: it becomes the high key of the old page
    items_ = 1;
  }
  free_ -= size + kLinePointer;
  ++items_;
  last_size_ = size;
  last_posting_ = posting;
}

void LeafFiller::AddDuplicates(int size, std::int64_t rows) {
  const std::int64_t largest = RowsPerPosting(size);
  while (rows > 0) {
    const int merged = static_cast<int>(std::min(rows, largest));
    const int tuple = merged == 1 ? size : MaxAlign(size + merged * kRowPointer);
    Add(tuple, tuple - size);
    rows -= merged;
  }
}

double LeafFiller::pages() const {
  const double full = kEmptyPage - kLeafReserve;
  return static_cast<double>(finished_) + std::min(1.0, (kEmptyPage - free_) / full);
}

int RowsPerPosting(int size) {
  return std::max(1, (kPostingMax / 8 * 8 - size) / kRowPointer);
}

std::int64_t UniformLeafPages(double rows, int size) {
  const int until_full = (kEmptyPage - kLinePointer - kLeafReserve) / (size + kLinePointer) + 1;
  const int fitting = (kEmptyPage - MaxAlign(kRowPointer)) / (size + kLinePointer);
  const int kept = std::max(1, std::min(until_full, fitting) - 1);  // the last one moves to the next page
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil((rows - 1) / kept)));
}

double LeafPagesPerRow(int size, std::int64_t duplicates) {
  const std::int64_t rows = std::min(duplicates, kManyPostings * RowsPerPosting(size));
  LeafFiller filler;
  std::int64_t added = 0;
  while (filler.pages() < kPatternPages) {
    filler.AddDuplicates(size, rows);
    added += rows;
  }
  return filler.pages() / static_cast<double>(added);
}

UpperLevels BuildUpperLevels(std::int64_t leaves, double pivot_bytes) {
  // The first tuple of a page is cut to its header (minus infinity); the last one moves to the next page.
  constexpr int room = kEmptyPage - kLinePointer - (kIndexTuple + kLinePointer) - kUpperReserve;
  const auto children = std::max<std::int64_t>(2, static_cast<std::int64_t>(room / (pivot_bytes + kLinePointer)) + 1);
  UpperLevels upper;
  for (std::int64_t level = leaves; level > 1;) {
    level = std::max<std::int64_t>(1, (level - 1 + children - 1) / children);
    upper.pages += level;
    ++upper.height;
  }
  return upper;
}

}  // namespace pgassay::whatif
