#pragma once

// The elements that a GIN index makes of a column's values, as far as statistics hold whole values: most common values
// and histogram bounds are rows that ANALYZE read, so what they contain tells how many elements a row has, which
// repeat, and how many there may be in all.

#include <vector>

#include "pgassay/snapshot.h"

namespace pgassay::whatif {

// Elements that are equally frequent.
struct ElementClass {
  double elements = 0;  // different ones
  double rows = 0;      // share of the rows that are not NULL with a given one of them
  double bytes = 4;     // stored, header included
  friend bool operator==(const ElementClass&, const ElementClass&) = default;
};

enum class ElementKind { kArray, kDocument, kDocumentPath, kTrigram, kWord };

// By descending frequency; empty where the statistics hold no values. `rows` is the number of rows that are not NULL.
std::vector<ElementClass> SampleElements(ElementKind kind, const ColumnStatistics& statistics, double rows);

}  // namespace pgassay::whatif
