#include "pg/index_probes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "pg/probe_batch.h"

namespace pgassay::pg {
namespace {

// DEFAULT_PAGE_CPU_MULTIPLIER in selfuncs.c.
constexpr double kPageCpuMultiplier = 50;
// Costs are printed with two decimals.
constexpr double kPrintedPrecision = 0.011;
// A B-tree of 2^32 pages with ten entries a page.
constexpr int kMaxTreeHeight = 10;
// Metapage, root and perhaps one page of preallocated space: no level above the leaf.
constexpr std::int64_t kPagesOfOneLeaf = 3;
// Reading a table of this size by mistake costs nothing worth an EXPLAIN.
constexpr std::int64_t kSmallTablePages = 64;

// Plans come from plain index scans alone, and nothing but the query's own text decides which.
std::vector<std::string> ProbeSettings(const ProbeOptions& options) {
  return {"SET LOCAL enable_seqscan = off",
          "SET LOCAL enable_bitmapscan = off",
          "SET LOCAL enable_sort = off",
          "SET LOCAL enable_incremental_sort = off",
          "SET LOCAL enable_tidscan = off",
          "SET LOCAL enable_indexscan = on",
          "SET LOCAL enable_indexonlyscan = on",
          "SET LOCAL constraint_exclusion = off",
          absl::StrCat("SET LOCAL lock_timeout = ", options.lock_timeout_ms),
          absl::StrCat("SET LOCAL statement_timeout = ", options.statement_timeout_ms)};
}

// One index scan of a plan.
struct PlannedScan {
  std::string index;  // without schema: an index lies in its table's schema
  double startup_cost = 0;
};

// The index scan below the Limit of EXPLAIN (FORMAT JSON); none if the plan has another shape.
std::optional<PlannedScan> ReadPlannedScan(const Result& explain) {
  if (explain.empty()) return std::nullopt;
  const nlohmann::json document = nlohmann::json::parse(explain.Text(0, 0), nullptr, false);
  if (!document.is_array() || document.empty() || !document[0].is_object() || !document[0].contains("Plan"))
    return std::nullopt;
  const nlohmann::json* node = &document[0]["Plan"];
  while (!node->contains("Index Name")) {
    const auto children = node->find("Plans");
    if (children == node->end() || !children->is_array() || children->size() != 1) return std::nullopt;
    node = &(*children)[0];
  }
  if (!(*node)["Index Name"].is_string() || !node->contains("Startup Cost")) return std::nullopt;
  const nlohmann::json& startup = (*node)["Startup Cost"];
  if (!startup.is_number()) return std::nullopt;
  return PlannedScan{(*node)["Index Name"].get<std::string>(), startup.get<double>()};
}

// `key` in an ORDER BY; `ascending` is the direction that is wanted, which a scan of the index gives forwards or
// backwards.
std::string OrderBy(const KeySql& key, bool ascending) {
  const bool forwards = ascending != key.descending;
  const bool nulls_first = forwards ? key.nulls_first : !key.nulls_first;
  const std::string& with_operator = ascending ? key.less : key.greater;
  const std::string direction = with_operator.empty() ? (ascending ? " ASC" : " DESC") : with_operator;
  return absl::StrCat(key.expression, key.collation, direction, nulls_first ? " NULLS FIRST" : " NULLS LAST");
}

// Tables that may be asked at all, by OID; what keeps the others away becomes a gap when `gaps` is given.
std::map<Oid, const Relation*> AskableTables(const CatalogDetails& details, const Snapshot& snapshot,
                                             std::vector<CaptureGap>* gaps) {
  std::set<Oid> indexed;
  for (const Index& index : snapshot.indexes) indexed.insert(index.def.table);
  std::map<Oid, const Relation*> tables;
  for (const Relation& relation : snapshot.relations) {
    if (relation.kind != 'r' && relation.kind != 'm') continue;
    std::string_view reason;
    if (!relation.readable) {
      reason = "this role may not SELECT the table";
    } else if (details.row_security_active.contains(relation.oid)) {
      reason = "row level security applies to this role; grant it BYPASSRLS";
    } else if (details.foreign_code.contains(relation.oid)) {
      reason =
          "its indexes or statistics call functions of a role that is no superuser, which a superuser should not run; "
          "capture with a role that has pg_read_all_data, pg_monitor and BYPASSRLS";
    } else {
      tables.emplace(relation.oid, &relation);
      continue;
    }
    if (gaps != nullptr && indexed.contains(relation.oid)) {
      gaps->push_back({NameForMessage(relation.name),
                       absl::StrCat("end points and heights of its indexes not read: ", std::string(reason))});
    }
  }
  return tables;
}

// Tables with an index that was never scanned. Planning a predicate with an inequality can make the planner look into
// any index that leads with the column, which counts as a scan.
std::set<Oid> TablesWithUnscannedIndexes(const Snapshot& snapshot) {
  std::set<Oid> tables;
  for (const Index& index : snapshot.indexes) {
    if (index.scans == 0 && index.def.predicate.empty()) tables.insert(index.def.table);
  }
  return tables;
}

std::optional<int> HeightOf(double startup_cost) {
  const double levels = std::floor(startup_cost / kPageCpuMultiplier);
  const double comparisons = startup_cost - levels * kPageCpuMultiplier;
  if (std::abs(comparisons - std::round(comparisons)) > kPrintedPrecision) return std::nullopt;
  if (levels < 1 || levels > kMaxTreeHeight + 1) return std::nullopt;
  return static_cast<int>(levels) - 1;
}

// `def` with all directions turned around if its first key descends: both serve the same queries, scanned the other
// way.
IndexDef Ascending(IndexDef def) {
  if (def.keys.empty() || !def.keys.front().descending) return def;
  for (IndexKey& key : def.keys) {
    key.descending = !key.descending;
    key.nulls_first = !key.nulls_first;
  }
  return def;
}

// Heights of indexes that the planner did not choose, where sizes tell: one leaf, or the pages of an index that does
// the same.
void DeriveHeightsFromSizes(Snapshot& snapshot) {
  std::map<std::pair<IndexDef, std::int64_t>, int> known;
  for (const Index& index : snapshot.indexes) {
    if (index.tree_height.has_value()) known.emplace(std::pair(Ascending(index.def), index.pages), *index.tree_height);
  }
  for (Index& index : snapshot.indexes) {
    if (index.def.method != "btree" || index.tree_height.has_value()) continue;
    if (index.pages > 0 && index.pages <= kPagesOfOneLeaf) {
      index.tree_height = 0;
    } else if (const auto same = known.find({Ascending(index.def), index.pages}); same != known.end()) {
      index.tree_height = same->second;
    }
  }
}

// Indexes whose leading columns have the same ends.
struct EndPointGroup {
  const Relation* table = nullptr;
  KeySql key;
  std::vector<const Index*> indexes;
  bool refused = false;
  std::optional<std::string> min;
  std::optional<std::string> max;

  std::string Sql(bool ascending) const {
    return absl::StrCat("SELECT /* pgassay */ ", key.expression, " FROM ONLY ", Quoted(table->name), " WHERE ",
                        key.expression, " IS NOT NULL ORDER BY ", OrderBy(key, ascending), " LIMIT 1");
  }
  bool IsScanned() const {
    return std::ranges::any_of(indexes, [](const Index* index) { return index->scans > 0; });
  }
};

std::vector<EndPointGroup> GroupEndPoints(const CatalogDetails& details, const std::map<Oid, const Relation*>& tables,
                                          const Snapshot& snapshot) {
  std::map<std::tuple<Oid, std::string, std::string, std::string>, EndPointGroup> groups;
  for (const Index& index : snapshot.indexes) {
    const auto table = tables.find(index.def.table);
    const auto keys = details.keys.find(index.oid);
    if (index.def.method != "btree" || !index.valid || !index.def.predicate.empty() || table == tables.end()) continue;
    if (keys == details.keys.end() || keys->second.empty()) continue;
    const KeySql& key = keys->second.front();
    EndPointGroup& group = groups[{index.def.table, key.expression, key.collation, key.less}];
    group.table = table->second;
    group.key = key;
    group.indexes.push_back(&index);
  }
  std::vector<EndPointGroup> list;
  list.reserve(groups.size());
  for (auto& [name, group] : groups) list.push_back(std::move(group));
  return list;
}

// Marks groups whose question would not be answered by an index scan, or by one that must not be counted.
absl::Status RefuseDearGroups(Session& session, const ProbeOptions& options, std::vector<EndPointGroup>& groups) {
  std::vector<EndPointGroup*> asked;
  std::vector<std::string> statements;
  for (EndPointGroup& group : groups) {
    if (group.refused || (options.uncounted && group.table->pages <= kSmallTablePages)) continue;
    asked.push_back(&group);
    for (const bool ascending : {true, false})
      statements.push_back(absl::StrCat("EXPLAIN (FORMAT JSON) ", group.Sql(ascending)));
  }
  PGASSAY_ASSIGN_OR_RETURN(const auto answers, RunProbes(session, ProbeSettings(options), statements));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EndPointGroup& group = *asked[i / 2];
    const std::optional<PlannedScan> scan = answers[i].ok() ? ReadPlannedScan(*answers[i]) : std::nullopt;
    const bool may_scan =
        scan.has_value() && (options.uncounted || std::ranges::any_of(group.indexes, [&](const Index* index) {
                               return index->name.name == scan->index && index->scans > 0;
                             }));
    if (!may_scan) group.refused = true;
  }
  return absl::OkStatus();
}

void ListRefused(const std::vector<EndPointGroup>& groups, std::size_t never_scanned, std::vector<CaptureGap>& gaps) {
  for (const EndPointGroup& group : groups) {
    if (!group.refused) continue;
    for (const Index* index : group.indexes) {
      gaps.push_back(
          {NameForMessage(index->name), "end points not read: the planner would not answer by scanning this index"});
    }
  }
  if (never_scanned > 0) {
    gaps.push_back(
        {"end points", absl::StrCat(never_scanned,
                                    " indexes were never scanned, and reading their ends would make them look used; "
                                    "GRANT SET ON PARAMETER track_counts to this role, or capture as a superuser")});
  }
}

}  // namespace

absl::Status ReadTreeHeights(Session& session, const CatalogDetails& details, const ProbeOptions& options,
                             Snapshot& snapshot) {
  const std::map<Oid, const Relation*> tables = AskableTables(details, snapshot, nullptr);
  const std::set<Oid> unscanned = TablesWithUnscannedIndexes(snapshot);
  std::vector<Index*> asked;
  std::vector<std::string> statements;
  for (Index& index : snapshot.indexes) {
    const auto table = tables.find(index.def.table);
    const auto keys = details.keys.find(index.oid);
    if (index.def.method != "btree" || !index.valid || table == tables.end() || keys == details.keys.end()) continue;
    if (!options.uncounted && !index.def.predicate.empty() && unscanned.contains(index.def.table)) continue;
    std::string order;
    for (const KeySql& key : keys->second)
      absl::StrAppend(&order, order.empty() ? "" : ", ", OrderBy(key, !key.descending));
    // No column in the output: ORDER BY "name" would prefer one of that name.
    statements.push_back(
        absl::StrCat("EXPLAIN (FORMAT JSON) SELECT /* pgassay */ FROM ONLY ", Quoted(table->second->name),
                     index.def.predicate.empty() ? "" : absl::StrCat(" WHERE (", index.def.predicate, ")"),
                     " ORDER BY ", order, " LIMIT 1"));
    asked.push_back(&index);
  }

  std::vector<std::string> settings = ProbeSettings(options);
  settings.emplace_back("SET LOCAL cpu_operator_cost = 1");
  PGASSAY_ASSIGN_OR_RETURN(const auto answers, RunProbes(session, settings, statements));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::optional<PlannedScan> scan = answers[i].ok() ? ReadPlannedScan(*answers[i]) : std::nullopt;
    if (!scan.has_value() || scan->index != asked[i]->name.name) continue;
    asked[i]->tree_height = HeightOf(scan->startup_cost);
    asked[i]->tree_height_exact = asked[i]->tree_height.has_value();
  }
  DeriveHeightsFromSizes(snapshot);
  return absl::OkStatus();
}

absl::Status ReadEndPoints(Session& session, const CatalogDetails& details, const ProbeOptions& options,
                           Snapshot& snapshot) {
  const std::map<Oid, const Relation*> tables = AskableTables(details, snapshot, &snapshot.gaps);
  std::vector<EndPointGroup> groups = GroupEndPoints(details, tables, snapshot);
  std::size_t never_scanned = 0;
  if (!options.uncounted) {
    // The planner's own look at the ends counts as a scan: an index without scans never had its ends asked for.
    std::erase_if(groups, [&](const EndPointGroup& group) {
      if (group.IsScanned()) return false;
      never_scanned += group.indexes.size();
      return true;
    });
  }
  PGASSAY_RETURN_IF_ERROR(RefuseDearGroups(session, options, groups));

  std::vector<EndPointGroup*> asked;
  std::vector<std::string> statements;
  for (EndPointGroup& group : groups) {
    if (group.refused) continue;
    asked.push_back(&group);
    for (const bool ascending : {true, false}) statements.push_back(group.Sql(ascending));
  }
  PGASSAY_ASSIGN_OR_RETURN(const auto answers, RunProbes(session, ProbeSettings(options), statements));
  for (std::size_t i = 0; i < asked.size(); ++i) {
    EndPointGroup& group = *asked[i];
    const absl::StatusOr<Result>& min = answers[2 * i];
    const absl::StatusOr<Result>& max = answers[2 * i + 1];
    if (!min.ok() || !max.ok()) {
      for (const Index* index : group.indexes) {
        snapshot.gaps.push_back({NameForMessage(index->name),
                                 absl::StrCat("end points not read: ", (min.ok() ? max : min).status().message())});
      }
      continue;
    }
    if (!min->empty()) group.min = min->At(0, 0);
    if (!max->empty()) group.max = max->At(0, 0);
    for (const Index* index : group.indexes) snapshot.end_points.push_back({index->oid, group.min, group.max});
  }
  ListRefused(groups, never_scanned, snapshot.gaps);
  std::ranges::sort(snapshot.end_points, {}, &EndPoint::index);
  return absl::OkStatus();
}

}  // namespace pgassay::pg
