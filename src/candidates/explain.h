#pragma once

// Sentences for what is dropped.

#include <string>
#include <string_view>

#include "candidates/existing_indexes.h"
#include "pgassay/snapshot.h"

namespace pgassay::candidates {

// Why no index on plain columns can be advised for `relation`; empty: it can.
std::string_view WhyUnsupported(const Snapshot& snapshot, const Relation& relation);

// What an unserved clause is, and why it is unserved.
struct UnservedText {
  std::string_view what;
  std::string_view detail;
};
UnservedText ExplainUnserved(std::string_view code);

// What existing index `by` has to do with a proposed one. `on_members`: it is one of the tables below the proposed
// index's table.
std::string ExplainVerdict(const Verdict& verdict, std::string_view by, bool on_members);

}  // namespace pgassay::candidates
