// Rule 13 for included columns. An index on (a, b) INCLUDE (c, d) scans for everything that (a) INCLUDE (c) and
// (a, b) INCLUDE (d) do, so statements whose needs differ in a column or two share one index instead of keeping two
// wide ones. Each covering candidate is combined with a few others one by one, and every candidate with as many as
// the limits allow at once.

#include <algorithm>
#include <utility>

#include "candidates/merge_parts.h"

namespace pgassay::candidates {
namespace {

constexpr std::size_t kMaxPairs = 2;  // others that a candidate is combined with one by one

// `wide` with what `narrow` includes besides. The keys of `wide` begin with those of `narrow`.
IndexDef Union(const IndexDef& narrow, const IndexDef& wide) {
  std::vector<int> needed = narrow.include;
  needed.insert(needed.end(), wide.include.begin(), wide.include.end());
  return Cover(wide.table, wide.keys, needed);
}

// Parts with included columns whose keys lead those of `wide`, longest keys first, then those of the most weight.
std::vector<const Part*> Leading(const Part& wide, const std::map<KeyList, std::vector<const Part*>>& covering) {
  std::vector<const Part*> leading;
  for (std::size_t width = wide.def->keys.size(); width > 0; --width) {
    const auto found = covering.find(First(wide.def->keys, width));
    if (found != covering.end()) {
      leading.insert(leading.end(), found->second.begin(), found->second.end());
    }
  }
  return leading;
}

}  // namespace

void Merged::Add(const Merged& other) {
  statements.insert(other.statements.begin(), other.statements.end());
  equality = std::max(equality, other.equality);
  weight = std::max(weight, other.weight);
}

void Merged::Add(const Part& narrow, const Part& wide, std::size_t equality_keys) {
  statements.insert(narrow.statements.begin(), narrow.statements.end());
  statements.insert(wide.statements.begin(), wide.statements.end());
  equality = std::max(equality, equality_keys);
  weight = std::max(weight, narrow.weight + wide.weight);
}

void MergeCovering(const std::vector<Part>& parts, CoverLimits& limits, std::map<IndexDef, Merged>& merged) {
  std::map<KeyList, std::vector<const Part*>> covering;  // by keys
  for (const Part& part : parts) {
    std::vector<const Part*>& sharers = covering[part.def->keys];
    if (!part.def->include.empty() && sharers.size() < kMaxSharers) {
      sharers.push_back(&part);
    }
  }
  for (const Part& wide : parts) {
    IndexDef all = *wide.def;
    Merged together;
    std::size_t pairs = wide.def->include.empty() ? kMaxPairs : 0;
    for (const Part* narrow : Leading(wide, covering)) {
      const IndexDef def = Union(*narrow->def, *wide.def);
      const bool serves_more = !std::ranges::includes(wide.statements, narrow->statements);
      if (pairs < kMaxPairs && serves_more && def != *wide.def && def != *narrow->def &&
          limits.Judge(def).code.empty()) {
        merged[def].Add(*narrow, wide, wide.equality);
        ++pairs;
      }
      if (IndexDef more = Union(*narrow->def, all); limits.Judge(more).code.empty()) {
        all = std::move(more);
        together.Add(*narrow, wide, wide.equality);
      }
    }
    if (all != *wide.def && !std::ranges::includes(wide.statements, together.statements)) {
      merged[all].Add(together);
    }
  }
}

}  // namespace pgassay::candidates
