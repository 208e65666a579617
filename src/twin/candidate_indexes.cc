#include "twin/candidate_indexes.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "catalog/index_sql.h"
#include "catalog/partitions.h"
#include "sql/statement.h"
#include "twin/candidate_sql.h"
#include "twin/metapages.h"

namespace pgassay::twin {
namespace {

// Candidates in one round trip and transaction. If the server refuses one of their indexes, each is made by itself.
constexpr std::size_t kBatch = 100;

bool IsFatal(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

}  // namespace

// Candidates from `first` on.
absl::StatusOr<std::vector<absl::Status>> CandidateIndexes::MakeAll(std::span<const CandidateParts> candidates,
                                                                    CandidateId first) {
  std::vector<std::vector<IndexDef>> definitions;
  std::string script;
  bool possible = true;
  for (const CandidateParts& parts : candidates) {
    const CandidateId id{static_cast<std::uint32_t>(first.value + definitions.size())};
    std::vector<IndexDef>& of_candidate = definitions.emplace_back();
    for (const SizedIndex& part : parts) {
      const std::string sql =
          catalog::CreateIndexSql(part.def, CandidateName(id, of_candidate.size()), false, snapshot_);
      possible = possible && !sql.empty();
      absl::StrAppend(&script, sql, ";");
      of_candidate.push_back(part.def);
    }
  }
  std::vector<absl::Status> results(candidates.size());
  if (possible && owner_.Execute(script).ok()) return results;
  for (std::size_t i = 0; i < results.size(); ++i) {
    results[i] = Make(definitions[i], CandidateId{static_cast<std::uint32_t>(first.value + i)});
    if (IsFatal(results[i])) return results[i];
  }
  return results;
}

absl::Status CandidateIndexes::Make(std::span<const IndexDef> parts, CandidateId id) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string sql = catalog::CreateIndexSql(parts[i], CandidateName(id, i), false, snapshot_);
    absl::Status made = sql.empty()
                            ? absl::InvalidArgumentError("its table or one of its columns is not in the capture")
                            : owner_.Execute(sql);
    if (made.ok()) continue;
    for (std::size_t done = 0; done < i && !IsFatal(made); ++done) {
      const Relation* const table = snapshot_.FindRelation(parts[done].table);
      PGASSAY_RETURN_IF_ERROR(owner_.Execute(
          absl::StrCat("DROP INDEX ", catalog::QuotedName({table->name.schema, CandidateName(id, done)}))));
    }
    return made;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<absl::Status>> CandidateIndexes::Add(std::span<const CandidateParts> candidates,
                                                                std::vector<Backend>& backends) {
  std::vector<absl::Status> results;
  std::vector<CandidateId> made;
  std::vector<CandidateParts> made_parts;
  const CandidateId first{static_cast<std::uint32_t>(candidates_.size())};
  for (std::size_t begin = 0; begin < candidates.size(); begin += kBatch) {
    const auto batch = candidates.subspan(begin, std::min(kBatch, candidates.size() - begin));
    const CandidateId id{static_cast<std::uint32_t>(first.value + begin)};
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<absl::Status> created, MakeAll(batch, id));
    results.insert(results.end(), created.begin(), created.end());
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    candidates_.emplace_back(results[i].ok() ? candidates[i].size() : 0);
    if (!results[i].ok()) continue;
    made.push_back(CandidateId{static_cast<std::uint32_t>(first.value + i)});
    made_parts.push_back(candidates[i]);
  }
  PGASSAY_RETURN_IF_ERROR(ReadOids(first, candidates.size()));
  PGASSAY_RETURN_IF_ERROR(MakeStatistics(made, made_parts));
  for (std::size_t i = 0; i < made.size(); ++i) {
    std::vector<IndexDef> definitions;
    for (const SizedIndex& part : made_parts[i]) definitions.push_back(part.def);
    PGASSAY_RETURN_IF_ERROR(SetRangeMaps(made[i], definitions));
  }
  PGASSAY_RETURN_IF_ERROR(Send(made, made_parts, backends));
  return results;
}

// The planner looks up statistics of an expression by an index on it. Those of lower(c) and upper(c) are made from
// those of c: as many different values, as often null, as long; which ones are common is not known of them. Without a
// row of statistics PostgreSQL assumes that one row in 200 matches.
absl::Status CandidateIndexes::MakeStatistics(std::span<const CandidateId> candidates,
                                              std::span<const CandidateParts> parts) {
  constexpr std::string_view kCopy =
      "INSERT INTO pg_catalog.pg_statistic SELECT i.indexrelid, $2::int2, false, s.stanullfrac, s.stawidth, "
      "s.stadistinct, "
      "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL "
      "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attname = $3 "
      "JOIN pg_catalog.pg_statistic s ON s.starelid = i.indrelid AND s.staattnum = a.attnum AND NOT s.stainherit "
      "WHERE i.indexrelid = $1::oid";
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    for (std::size_t part = 0; part < parts[i].size(); ++part) {
      const IndexDef& def = parts[i][part].def;
      const Relation* const table = snapshot_.FindRelation(def.table);
      for (std::size_t key = 0; table != nullptr && key < def.keys.size(); ++key) {
        const int folded = catalog::FoldedColumn(def.keys[key], *table);
        if (folded == 0) continue;
        const std::optional<std::string> values[] = {absl::StrCat(candidates_[candidates[i].value][part].value),
                                                     absl::StrCat(key + 1), FindColumn(*table, folded)->name};
        PGASSAY_RETURN_IF_ERROR(superuser_.Query(std::string(kCopy), values).status());
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CandidateIndexes::SetRangeMaps(CandidateId candidate, std::span<const IndexDef> parts) {
  for (std::size_t part = 0; part < parts.size(); ++part) {
    if (parts[part].method != "brin") continue;
    PGASSAY_RETURN_IF_ERROR(SetRangeMap(candidates_[candidate.value][part], parts[part], snapshot_, superuser_));
  }
  return absl::OkStatus();
}

absl::Status CandidateIndexes::ReadOids(CandidateId first, std::size_t count) {
  // All of them at once, by name: the names are ours, and CREATE INDEX has just refused any that was taken.
  PGASSAY_ASSIGN_OR_RETURN(
      const pg::Result oids,
      superuser_.Query("SELECT relname, oid FROM pg_catalog.pg_class WHERE relkind IN ('i', 'I') AND relname LIKE "
                       "'pgassay\\_candidate\\_%' ORDER BY oid"));
  std::map<std::string, TwinOid> by_name;
  for (std::size_t row = 0; row < oids.rows(); ++row) {
    by_name[oids.Text(row, 0)] = TwinOid{static_cast<std::uint32_t>(oids.Integer(row, 1))};
  }
  for (std::uint32_t i = first.value; i < first.value + count; ++i) {
    for (std::size_t part = 0; part < candidates_[i].size(); ++part) {
      const TwinOid oid = by_name[CandidateName(CandidateId{i}, part)];
      candidates_[i][part] = oid;
      candidate_of_[oid] = CandidateId{i};
    }
  }
  return absl::OkStatus();
}

absl::Status CandidateIndexes::Send(std::span<const CandidateId> candidates, std::span<const CandidateParts> parts,
                                    std::vector<Backend>& backends) const {
  std::string oids, pages, tuples, heights, ranks, unknown;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    for (std::size_t part = 0; part < parts[i].size(); ++part) {
      const whatif::BtreeSize& size = parts[i][part].size;
      const TwinOid index = candidates_[candidates[i].value][part];
      if (size.inverted) PGASSAY_RETURN_IF_ERROR(SetInvertedCounts(index, *size.inverted, superuser_));
      const char* const comma = oids.empty() ? "" : ",";
      absl::StrAppend(&oids, comma, index.value);
      absl::StrAppend(&pages, comma, size.pages);
      absl::StrAppend(&tuples, comma, static_cast<std::int64_t>(size.tuples));
      absl::StrAppend(&heights, comma, size.tree_height);
      // After every existing index, in the order of the candidates: where a new index would get its OID.
      absl::StrAppend(&ranks, comma, 4294967296.0 + candidates[i].value);
      absl::StrAppend(&unknown, comma, "-1");
    }
  }
  if (oids.empty()) return absl::OkStatus();
  const std::string sql =
      absl::StrCat("SELECT pg_catalog.pgassay_indexes('{", oids, "}', '{", pages, "}', '{", unknown, "}', '{", unknown,
                   "}', '{", tuples, "}', '{", heights, "}', '{", ranks, "}', true)");
  for (Backend& backend : backends) PGASSAY_RETURN_IF_ERROR(backend.session().Execute(sql));
  return absl::OkStatus();
}

absl::Status CandidateIndexes::SetSizes(CandidateId candidate, std::span<const whatif::BtreeSize> sizes,
                                        std::vector<Backend>& backends) {
  PGASSAY_CHECK(candidate.value < candidates_.size() && candidates_[candidate.value].size() == sizes.size());
  CandidateParts parts;
  for (const whatif::BtreeSize& size : sizes) parts.push_back({.def = {}, .size = size});
  return Send(std::span(&candidate, 1), std::span(&parts, 1), backends);
}

// The server reads the statement; what it understood is made again in our own form, and the first try goes, because
// another set may propose an index of the same name.
absl::StatusOr<IndexDef> CandidateIndexes::Understand(const std::string& sql) {
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result before,
                           owner_.Query("SELECT coalesce(max(oid::int8), 0) FROM pg_catalog.pg_class"));
  PGASSAY_RETURN_IF_ERROR(owner_.Execute(SetSearchPathSql(snapshot_)));
  const absl::Status created = owner_.Query(sql).status();
  PGASSAY_RETURN_IF_ERROR(owner_.Execute("SET search_path = pg_catalog"));
  PGASSAY_RETURN_IF_ERROR(created);
  const std::optional<std::string> parameters[] = {before.Text(0, 0)};
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result rows, owner_.Query(kMadeIndexSql, parameters));
  if (rows.rows() == 0)
    return absl::InvalidArgumentError("the statement made no index: one of that name may exist already");
  absl::StatusOr<IndexDef> def = ReadMadeIndex(rows, names_);
  PGASSAY_RETURN_IF_ERROR(owner_.Execute(
      absl::StrCat("DO $$ BEGIN EXECUTE 'DROP INDEX ' || ", rows.Text(0, 0), "::pg_catalog.regclass::text; END $$")));
  return def;
}

absl::StatusOr<MeantIndex> CandidateIndexes::ReadStatement(const std::string& sql, std::vector<Backend>& backends) {
  PGASSAY_ASSIGN_OR_RETURN(const sql::IndexStatement statement, sql::ExamineIndexStatement(sql));
  if (!statement.create) return absl::InvalidArgumentError("not a CREATE INDEX statement");
  MeantIndex made;
  PGASSAY_ASSIGN_OR_RETURN(made.def, Understand(sql));
  // A statement on an inheritance parent makes one index there; on a partitioned table, one on each partition.
  const Relation* const named = snapshot_.FindRelation(made.def.table);
  made.parts = named != nullptr && named->kind == 'p' ? catalog::Parts(made.def, snapshot_) : std::vector{made.def};
  if (made.parts.empty()) return absl::InvalidArgumentError("every partition has this index already");
  for (const IndexDef& part : made.parts) {
    const Relation* const table = snapshot_.FindRelation(part.table);
    double rows = table ? whatif::EstimateTuples(*table) : 0;
    if (table && !part.predicate.empty()) {
      const std::string count = absl::StrCat("EXPLAIN (FORMAT TEXT) SELECT 1 FROM ", catalog::QuotedName(table->name),
                                             " WHERE ", part.predicate);
      PGASSAY_ASSIGN_OR_RETURN(const pg::Result plan, backends.front().session().Query(count));
      rows = RowsOfExplain(plan.Text(0, 0), rows);
    }
    made.rows.push_back(rows);
  }
  return made;
}

absl::StatusOr<MadeIndex> CandidateIndexes::AddStatement(const std::string& sql, std::vector<Backend>& backends) {
  MadeIndex made;
  PGASSAY_ASSIGN_OR_RETURN(static_cast<MeantIndex&>(made), ReadStatement(sql, backends));
  made.candidate = CandidateId{static_cast<std::uint32_t>(candidates_.size())};
  PGASSAY_RETURN_IF_ERROR(Make(made.parts, made.candidate));
  candidates_.emplace_back(made.parts.size());
  PGASSAY_RETURN_IF_ERROR(ReadOids(made.candidate, 1));
  PGASSAY_RETURN_IF_ERROR(SetRangeMaps(made.candidate, made.parts));
  return made;
}

absl::StatusOr<std::span<const TwinOid>> CandidateIndexes::IndexesOf(CandidateId candidate) const {
  if (candidate.value >= candidates_.size()) return absl::InternalError("a candidate that the twin does not know");
  return std::span<const TwinOid>(candidates_[candidate.value]);
}

const CandidateId* CandidateIndexes::Find(TwinOid index) const {
  const auto found = candidate_of_.find(index);
  return found == candidate_of_.end() ? nullptr : &found->second;
}

}  // namespace pgassay::twin
