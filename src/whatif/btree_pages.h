#pragma once

// The page arithmetic of a B-tree build (src/backend/access/nbtree/nbtsort.c, _bt_buildadd): how many tuples of which
// sizes share a page. Sizes are in bytes and already rounded up to 8 (MAXALIGN).

#include <cstdint>

namespace pgassay::whatif {

// Rounds up to the alignment of PostgreSQL's tuples.
constexpr int MaxAlign(int bytes) {
  return (bytes + 7) & ~7;
}

// Fills leaf pages with tuples in index order, as the build does at the default fillfactor of 90.
class LeafFiller {
 public:
  LeafFiller();

  // One tuple of `size` bytes, of which `posting` bytes are a list of row pointers.
  void Add(int size, int posting);

  // A key with `rows` equal rows, merged into posting lists as nbtsort.c does (_bt_dedup_save_htid); `size` is the
  // tuple of one row.
  void AddDuplicates(int size, std::int64_t rows);

  // Pages so far; the last one counts by the part that is filled.
  double pages() const;

 private:
  std::int64_t finished_ = 0;
  int items_ = 0;
  int free_;
  int last_size_ = 0;
  int last_posting_ = 0;
};

// Rows in the largest posting list that the build makes from tuples of `size` bytes; at least 1.
int RowsPerPosting(int size);

// Leaf pages of `rows` tuples that all have `size` bytes and no posting list.
std::int64_t UniformLeafPages(double rows, int size);

// Leaf pages per row where every key has `duplicates` equal rows.
double LeafPagesPerRow(int size, std::int64_t duplicates);

struct UpperLevels {
  std::int64_t pages = 0;  // above the leaves
  int height = 0;
};

// Pages above `leaves` leaf pages when a pivot tuple has `pivot_bytes` bytes on average.
UpperLevels BuildUpperLevels(std::int64_t leaves, double pivot_bytes);

}  // namespace pgassay::whatif
