#include "ingest/prefix_memo.h"

#include <algorithm>

namespace pgassay::ingest {

void PrefixMemo::Keep(std::string_view stretch, const PrefixFields& fields) {
  if (stretch.size() < kWord || stretch.size() > kLongest) return;
  if (entries_.empty()) entries_.resize(kPlaces);
  if (stretch.size() < least_) {
    // From now on the others are looked for in other places: they are read and kept once more.
    least_ = stretch.size();
    hashed_ = std::min(least_, kHashedBytes);
  }
  const auto text = [stretch](std::string_view part) -> Text {
    if (part.empty()) return {};
    return {static_cast<std::uint8_t>(part.data() - stretch.data()), static_cast<std::uint8_t>(part.size())};
  };
  Entry& entry = entries_[Place(stretch.data())];
  entry.session = fields.session;
  entry.pid = fields.pid;
  entry.size = static_cast<std::uint8_t>(stretch.size());
  entry.database = text(fields.database);
  entry.user = text(fields.user);
  entry.application = text(fields.application);
  entry.sql_state = text(fields.sql_state);
  std::copy(stretch.begin(), stretch.end(), entry.text.begin());
}

}  // namespace pgassay::ingest
