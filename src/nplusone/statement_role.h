#pragma once

// What part a statement can play in a loop: StatementTraits in the few bytes that each execution needs.

#include <cstdint>
#include <optional>
#include <vector>

#include "nplusone/session_event.h"

namespace pgassay::nplusone {

enum class Part : std::uint8_t {
  kNeutral,   // neither repeats nor drives: transaction control, settings, sequences, health checks, COPY
  kBoundary,  // what is before and what is behind belong to different clients or jobs: DISCARD, SKIP LOCKED
  kCursor,    // its rows may drive a loop, but it is none itself
  kRead,
  kWrite,
};

// Whether its rows may drive a loop.
enum class Driver : std::uint8_t { kNone, kWeak, kGood };  // kWeak: at most one row, as far as words tell

struct StatementRole {
  Part part = Part::kNeutral;
  Driver driver = Driver::kNone;
  sql::Verb verb = sql::Verb::kOther;
  bool page = false;  // one page or slice of several: never a child
  bool row_lock = false;
  bool takes_lock = false;     // for the rest of its transaction
  bool check = false;          // may look whether a row exists
  bool plain_insert = false;   // INSERT of new rows without ON CONFLICT
  std::uint32_t relation = 0;  // hash of its name; 0: none
  friend bool operator==(const StatementRole&, const StatementRole&) = default;
};

StatementRole RoleOf(const StatementTraits& traits);

// A role as a number, and the role of one; nothing: `packed` is none.
std::uint64_t Pack(const StatementRole& role);
std::optional<StatementRole> UnpackRole(std::uint64_t packed);

// By statement; one that was never defined is neutral.
using Roles = std::vector<StatementRole>;

}  // namespace pgassay::nplusone
