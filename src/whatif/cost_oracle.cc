#include "whatif/cost_oracle.h"

#include <iterator>
#include <utility>

namespace pgassay::whatif {

IndexSet::IndexSet(std::vector<CandidateId> ids) : ids_(std::move(ids)) {
  std::sort(ids_.begin(), ids_.end());
  ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
}

bool IndexSet::IsSubsetOf(const IndexSet& other) const {
  return std::includes(other.ids_.begin(), other.ids_.end(), ids_.begin(), ids_.end());
}

IndexSet IndexSet::With(CandidateId id) const {
  IndexSet result = *this;
  const auto place = std::lower_bound(result.ids_.begin(), result.ids_.end(), id);
  if (place == result.ids_.end() || *place != id) result.ids_.insert(place, id);
  return result;
}

IndexSet IndexSet::Without(CandidateId id) const {
  IndexSet result = *this;
  const auto place = std::lower_bound(result.ids_.begin(), result.ids_.end(), id);
  if (place != result.ids_.end() && *place == id) result.ids_.erase(place);
  return result;
}

IndexSet IndexSet::Union(const IndexSet& other) const {
  IndexSet result;
  result.ids_.reserve(ids_.size() + other.ids_.size());
  std::set_union(ids_.begin(), ids_.end(), other.ids_.begin(), other.ids_.end(), std::back_inserter(result.ids_));
  return result;
}

// What a statement can use is a handful, what is chosen may be thousands: the small one is looked up in the large one.
IndexSet IndexSet::Intersection(const IndexSet& other) const {
  const bool smaller = ids_.size() < other.ids_.size();
  const IndexSet& small = smaller ? *this : other;
  const IndexSet& large = smaller ? other : *this;
  IndexSet result;
  std::copy_if(small.begin(), small.end(), std::back_inserter(result.ids_),
               [&](CandidateId id) { return large.Contains(id); });
  return result;
}

IndexSet IndexSet::Minus(const IndexSet& other) const {
  IndexSet result;
  std::set_difference(ids_.begin(), ids_.end(), other.ids_.begin(), other.ids_.end(), std::back_inserter(result.ids_));
  return result;
}

}  // namespace pgassay::whatif
