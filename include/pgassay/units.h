#pragma once

// Quantities and identifiers as distinct types, so that an OID is never passed where a count of bytes is meant.

#include <compare>
#include <cstdint>
#include <functional>

namespace pgassay {

// An integer identifier; `Tag` keeps identifiers of different things apart.
template <typename Tag>
struct Id {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

struct OidTag;
struct CandidateTag;
struct StatementTag;

using Oid = Id<OidTag>;                // pg_class.oid of the source database, unless a name says otherwise; 0 is none
using CandidateId = Id<CandidateTag>;  // position in the run's list of candidates
using StatementId = Id<StatementTag>;  // position in the run's list of statements to plan

// PostgreSQL's planner cost units (a sequentially read page costs seq_page_cost, 1.0 by default).
using Cost = double;

// A size on disk in bytes.
using Bytes = std::int64_t;

// Size of a PostgreSQL page in bytes (BLCKSZ; every distribution keeps the default).
inline constexpr Bytes kPageBytes = 8192;

}  // namespace pgassay

template <typename Tag>
struct std::hash<pgassay::Id<Tag>> {
  std::size_t operator()(const pgassay::Id<Tag>& id) const noexcept { return std::hash<std::uint32_t>{}(id.value); }
};
