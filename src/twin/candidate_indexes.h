#pragma once

// Candidates as real indexes of the twin: one on a plain table, one on each partition for a partitioned one.

#include <map>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"
#include "twin/backends.h"
#include "twin/names.h"
#include "whatif/btree_size.h"

namespace pgassay::twin {

// One index of a candidate, with its predicted size.
struct SizedIndex {
  IndexDef def;  // on a table that can hold an index
  whatif::BtreeSize size;
};

// The indexes of one candidate, in a fixed order; never none.
using CandidateParts = std::vector<SizedIndex>;

// What a CREATE INDEX statement means.
struct MeantIndex {
  IndexDef def;                 // as the server understood it, with the source's table OID and column numbers
  std::vector<IndexDef> parts;  // `def` itself, or the index of each partition that has none yet
  std::vector<double> rows;     // by part: rows that it would hold, by the planner's estimate of its predicate
};

// An index that was made on the twin by such a statement.
struct MadeIndex : MeantIndex {
  CandidateId candidate;
};

class CandidateIndexes {
 public:
  // All must outlive this.
  CandidateIndexes(const Snapshot& snapshot, const Names& names, pg::Session& owner, pg::Session& superuser)
      : snapshot_(snapshot), names_(names), owner_(owner), superuser_(superuser) {}

  // Makes candidates; the n-th one ever added has CandidateId n. A candidate that the server refuses has its error and
  // no index.
  absl::StatusOr<std::vector<absl::Status>> Add(std::span<const CandidateParts> candidates,
                                                std::vector<Backend>& backends);

  // What a CREATE INDEX statement means; nothing is left of it. InvalidArgument where the server refuses.
  absl::StatusOr<MeantIndex> ReadStatement(const std::string& sql, std::vector<Backend>& backends);

  // Makes a candidate from one, without sizes. InvalidArgument where the server refuses.
  absl::StatusOr<MadeIndex> AddStatement(const std::string& sql, std::vector<Backend>& backends);

  // Gives the indexes of a candidate their sizes, in the order of its parts.
  absl::Status SetSizes(CandidateId candidate, std::span<const whatif::BtreeSize> sizes,
                        std::vector<Backend>& backends);

  // The indexes of a candidate; none where it was refused. Internal for one that was never added.
  absl::StatusOr<std::span<const TwinOid>> IndexesOf(CandidateId candidate) const;

  // The candidate that an index belongs to; nullptr where it is none.
  const CandidateId* Find(TwinOid index) const;

 private:
  absl::StatusOr<std::vector<absl::Status>> MakeAll(std::span<const CandidateParts> candidates, CandidateId first);
  // Makes the parts of a new candidate; on an error none of them is left.
  absl::Status Make(std::span<const IndexDef> parts, CandidateId id);
  absl::StatusOr<IndexDef> Understand(const std::string& sql);
  absl::Status MakeStatistics(std::span<const CandidateId> candidates, std::span<const CandidateParts> parts);
  absl::Status SetRangeMaps(CandidateId candidate, std::span<const IndexDef> parts);
  absl::Status ReadOids(CandidateId first, std::size_t count);
  absl::Status Send(std::span<const CandidateId> candidates, std::span<const CandidateParts> parts,
                    std::vector<Backend>& backends) const;

  const Snapshot& snapshot_;
  const Names& names_;
  pg::Session& owner_;
  pg::Session& superuser_;
  std::vector<std::vector<TwinOid>> candidates_;  // by CandidateId
  std::map<TwinOid, CandidateId> candidate_of_;
};

}  // namespace pgassay::twin
