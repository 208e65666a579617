#include "whatif/hash_size.h"

// The idea: the number of buckets follows from the number of rows alone. Where it is no power of two, some buckets were
// split and hold half as much as the others. How full a bucket gets varies as a sum of random keys with all their
// duplicates; what goes beyond a page takes overflow pages, and so do keys with more rows than a page holds.

#include <algorithm>
#include <cmath>

namespace pgassay::whatif {
namespace {

constexpr double kRowsPerBucket = 307;  // 75 % of a page by entries of 16 bytes and a line pointer
constexpr double kRowsPerPage = 407;    // a full one
constexpr double kMetaPages = 2;        // the metapage and one of the bitmap of overflow pages
// Beyond these, one bit of the bitmap for each overflow page takes pages of its own, which no size shows.
constexpr double kMostBuckets = 4294967295;

// Buckets are made in whole powers of two up to 512, above in quarters of the way to the next one (_hash_spareindex).
double BucketsMade(double wanted) {
  constexpr double whole_steps = 512;
  const double power = std::exp2(std::ceil(std::log2(std::clamp(wanted, 2.0, kMostBuckets))));
  if (power <= whole_steps) return power;
  const double below = power / 2;
  return below + std::ceil((wanted - below) / (below / 4)) * (below / 4);
}

// Expected pages beyond the first of a bucket with `mean` rows on average.
double OverflowPages(double mean, double variance) {
  double pages = 0;
  for (double full = kRowsPerPage; full < mean + 8 * std::sqrt(variance) && pages < 1e9; full += kRowsPerPage) {
    pages += std::erfc((full + 0.5 - mean) / std::sqrt(2 * std::max(variance, 1e-9))) / 2;
  }
  return pages;
}

}  // namespace

double HashIndexPages(const ColumnShape& key, double table_rows, double rows) {
  double held = 0;         // rows, without NULLs
  double light = 0;        // of them: of keys that fit into a page
  double squares = 0;      // rows of light keys times the rows of their key
  double heavy_keys = 0;   // number of the others
  double heavy_pages = 0;  // that they fill
  for (const ValueClass& value : key.classes) {
    if (value.null) continue;
    const double of_class = value.share * rows;
    const double of_key = std::clamp(value.value_share * rows, 1.0, std::max(1.0, of_class));
    held += of_class;
    if (of_key > kRowsPerPage) {
      heavy_keys += of_class / of_key;
      heavy_pages += of_class / kRowsPerPage;
    } else {
      light += of_class;
      squares += of_class * of_key;
    }
  }
  // A bucket is split whenever there are more rows than the buckets are meant for, but the file grows by whole steps.
  const double initial = BucketsMade(std::floor(table_rows / kRowsPerBucket));
  const double buckets = std::max(initial, std::ceil(held / kRowsPerBucket));
  const double below = std::exp2(std::ceil(std::log2(buckets))) / 2;
  const double split = std::min(below, buckets - below);  // twice as many hold half as much
  const double unsplit = below - split;
  const double group = light > 0 ? squares / light : 1;
  double overflow = 0;
  if (light > 0) {
    const double half = light / (2 * below);
    overflow += 2 * split * OverflowPages(half, half * group) + unsplit * OverflowPages(2 * half, 2 * half * group);
  }
  // A heavy key shares its bucket's first page with what else is in it; its last page is half full on average.
  overflow += std::max(0.0, heavy_pages + heavy_keys * (light / buckets / kRowsPerPage - 0.5));
  return kMetaPages + BucketsMade(buckets) + overflow;
}

}  // namespace pgassay::whatif
