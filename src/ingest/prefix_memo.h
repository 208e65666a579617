#pragma once

// What stretches of a line prefix say, by their text.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <vector>

#include "ingest/log_record.h"

namespace pgassay::ingest {

// What a line's prefix says; a default value is nothing.
struct PrefixFields {
  std::int64_t time_us = kNoTime;
  std::uint32_t pid = 0;
  std::uint64_t session = 0;
  std::uint64_t transaction = 0;
  std::int64_t query_id = 0;
  std::string_view database, user, application, sql_state;

  // What this says of a line's session overwrites what `other` says.
  void AddTo(PrefixFields& other) const {
    if (pid != 0) other.pid = pid;
    if (session != 0) other.session = session;
    if (!database.empty()) other.database = database;
    if (!user.empty()) other.user = user;
    if (!application.empty()) other.application = application;
    if (!sql_state.empty()) other.sql_state = sql_state;
  }
};

// Most of a prefix is the same in all lines of a session. Comparing it with what was read takes a tenth of the time of
// reading it field by field. One of several sessions of equal hash is remembered. Not thread-safe.
class PrefixMemo {
 public:
  // Takes a stretch that Keep was given from the beginning of `rest`, and sets those of `fields` of which it says
  // something. False, and nothing happened: none that is known stands there.
  bool Take(std::string_view& rest, PrefixFields& fields) const {
    if (rest.size() < least_) return false;
    const Entry& entry = entries_[Place(rest.data())];
    if (rest.size() < entry.size || entry.size == 0 || std::memcmp(rest.data(), entry.text.data(), entry.size) != 0) {
      return false;
    }
    const auto view = [rest](Text text) { return rest.substr(text.begin, text.size); };
    PrefixFields{.pid = entry.pid,
                 .session = entry.session,
                 .database = view(entry.database),
                 .user = view(entry.user),
                 .application = view(entry.application),
                 .sql_state = view(entry.sql_state)}
        .AddTo(fields);
    rest.remove_prefix(entry.size);
    return true;
  }

  // `fields`: what was read from the whole of `stretch`, by bytes within it alone; its texts are views into it.
  void Keep(std::string_view stretch, const PrefixFields& fields);

 private:
  static constexpr std::size_t kPlaces = 512;
  static constexpr std::size_t kLongest = 168;  // bytes; longer ones are not remembered
  static constexpr std::size_t kWord = sizeof(std::uint64_t);
  static constexpr std::size_t kHashedBytes = 64;

  struct Text {
    std::uint8_t begin = 0;
    std::uint8_t size = 0;
  };
  struct Entry {
    std::uint64_t session = 0;
    std::uint32_t pid = 0;
    std::uint8_t size = 0;  // 0: empty
    Text database, user, application, sql_state;
    std::array<char, kLongest> text;
  };

  // Of the bytes that even the shortest stretch has, the first 64.
  std::size_t Place(const char* at) const {
    const auto load = [at](std::size_t offset) {
      std::uint64_t word = 0;
      std::memcpy(&word, at + offset, kWord);
      return word;
    };
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
    std::uint64_t hash = load(hashed_ - kWord) * kOdd;
    for (std::size_t offset = 0; offset + kWord < hashed_; offset += kWord)
      hash = std::rotl(hash, 23) + load(offset) * kOdd;
    return (hash ^ hash >> 32U) * kOdd >> (64 - std::bit_width(kPlaces - 1));
  }

  std::vector<Entry> entries_;
  std::size_t least_ = std::numeric_limits<std::size_t>::max();  // size of the shortest stretch
  std::size_t hashed_ = 0;
};

}  // namespace pgassay::ingest
