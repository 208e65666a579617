#include "nplusone/session_table.h"

namespace pgassay::nplusone {

void SessionTable::Link(std::uint32_t place) {
  links_[place].older = newest_;
  links_[newest_].newer = place;
}

void SessionTable::Touch(std::uint32_t place) {
  if (place == newest_) return;
  const Links links = links_[place];
  links_[links.newer].older = links.older;
  if (place == oldest_) {
    oldest_ = links.newer;
  } else {
    links_[links.older].newer = links.newer;
  }
  Link(place);
  newest_ = place;
}

void SessionTable::Clear() {
  places_.clear();
  sessions_.clear();
  links_.clear();
  newest_ = 0;
  oldest_ = 0;
}

}  // namespace pgassay::nplusone
