// Rule 13. A B-tree serves every set of equality columns that leads its key, in any order of theirs. So where statement
// q asks for columns A and statement r for B, a superset of A, the index on B with A's columns first serves both. Where
// A goes on with a range or an order, which must follow its equality columns directly, A followed by the rest of B
// serves A fully and filters for B.

#include "candidates/rule_merge.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <tuple>
#include <utility>

#include "candidates/column_ranks.h"
#include "candidates/merge_parts.h"
#include "catalog/index_identity.h"

namespace pgassay::candidates {
namespace {

constexpr int kRule = 13;
constexpr std::size_t kMaxSubsetColumns = 6;  // of B: 62 subsets to look for

double WeightOf(const std::set<StatementId>& statements, const Weights& weights) {
  std::vector<double> values;
  for (const StatementId statement : statements) {
    const auto found = weights.find(statement);
    values.push_back(found == weights.end() ? 0 : found->second);
  }
  return StableSum(std::move(values));
}

std::vector<int> SortedColumns(const Part& part) {
  std::vector<int> columns;
  for (std::size_t i = 0; i < part.equality; ++i) {
    columns.push_back(part.def->keys[i].column);
  }
  std::sort(columns.begin(), columns.end());
  return columns;
}

// Statements that have proposed the candidate themselves keep the rules by which they did.
void AddStatements(PoolEntry& entry, const std::set<StatementId>& known, const std::set<StatementId>& statements) {
  for (const StatementId statement : statements) {
    if (!known.contains(statement)) {
      entry.origins.insert({kRule, statement});
    }
  }
}

// The candidates of one table without included columns, those of the most weight first.
class TableMerger {
 public:
  TableMerger(const std::vector<Part>& parts, std::size_t max_width) : parts_(parts), max_width_(max_width) {
    for (const Part& part : parts_) {
      if (part.equality == 0 || !part.def->include.empty()) {
        continue;
      }
      std::vector<const Part*>& sharers = by_columns_[SortedColumns(part)];
      if (sharers.size() < kMaxSharers) {
        sharers.push_back(&part);
      }
    }
  }

  std::map<IndexDef, Merged> Run() && {
    for (const Part& wide : parts_) {
      if (wide.equality < 2 || wide.equality > kMaxSubsetColumns || !wide.def->include.empty()) {
        continue;
      }
      const std::vector<int> columns = SortedColumns(wide);
      const std::uint32_t all = (std::uint32_t{1} << columns.size()) - 1;
      for (std::uint32_t subset = 1; subset < all; ++subset) {
        std::vector<int> chosen;
        for (std::size_t i = 0; i < columns.size(); ++i) {
          if ((subset >> i & 1U) != 0) {
            chosen.push_back(columns[i]);
          }
        }
        if (const auto sharers = by_columns_.find(chosen); sharers != by_columns_.end()) {
          for (const Part* narrow : sharers->second) {
            Combine(*narrow, wide);
          }
        }
      }
    }
    return std::move(merged_);
  }

 private:
  void Combine(const Part& narrow, const Part& wide) {
    if (std::ranges::includes(wide.statements, narrow.statements)) {
      return;  // nobody else gains
    }
    const auto tail = narrow.def->keys.begin() + static_cast<std::ptrdiff_t>(narrow.equality);
    Add(narrow, wide, KeyList(narrow.def->keys.begin(), tail), wide.equality);
    if (tail != narrow.def->keys.end()) {
      Add(narrow, wide, narrow.def->keys, narrow.equality);
    }
  }

  // `front`, then what `wide` has besides.
  void Add(const Part& narrow, const Part& wide, KeyList front, std::size_t equality) {
    IndexDef def{.table = wide.def->table, .keys = std::move(front)};
    for (const IndexKey& key : wide.def->keys) {
      Append(def.keys, key);
    }
    def = catalog::Canonical(std::move(def));
    if (def.keys.size() > max_width_ || def == *wide.def || def == *narrow.def) {
      return;
    }
    merged_[def].Add(narrow, wide, equality);
  }

  const std::vector<Part>& parts_;
  std::size_t max_width_;
  std::map<std::vector<int>, std::vector<const Part*>> by_columns_;  // by equality columns
  std::map<IndexDef, Merged> merged_;
};

}  // namespace

std::map<Oid, std::size_t> Merge(Pool& pool, const ExistingIndexes& existing, const Weights& weights,
                                 CoverLimits& limits, std::size_t max_width) {
  std::map<Oid, std::vector<Part>> tables;
  for (const auto& [def, entry] : pool) {
    std::set<StatementId> statements = entry.Statements();
    const double weight = WeightOf(statements, weights);
    tables[def.table].push_back({&def, entry.equality, std::move(statements), weight});
  }
  std::map<Oid, std::size_t> left_out;
  for (auto& [table, parts] : tables) {
    std::ranges::stable_sort(parts, [](const Part& a, const Part& b) { return a.weight > b.weight; });
    std::map<IndexDef, Merged> all = TableMerger(parts, max_width).Run();
    MergeCovering(parts, limits, all);
    std::vector<std::tuple<double, IndexDef, Merged>> found;
    for (auto& [def, merged] : all) {
      if (existing.Judge(def, {}).code.empty()) {
        found.emplace_back(-merged.weight, def, std::move(merged));
      }
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
    });
    if (found.size() > kMaxMerges) {
      left_out[table] = found.size() - kMaxMerges;
      found.resize(kMaxMerges);
    }
    for (const auto& [order, def, merged] : found) {
      PoolEntry& entry = pool[def];
      entry.equality = std::max(entry.equality, merged.equality);
      AddStatements(entry, entry.Statements(), merged.statements);
    }
  }
  return left_out;
}

void ShareWithPrefixes(Pool& pool) {
  struct Own {
    const std::vector<int>* include = nullptr;
    std::set<StatementId> statements;
  };
  std::map<std::pair<Oid, KeyList>, std::vector<Own>> by_keys;
  for (const auto& [def, entry] : pool) {
    by_keys[{def.table, def.keys}].push_back({&def.include, entry.Statements()});
  }
  for (auto& [def, entry] : pool) {
    const std::set<StatementId> known = entry.Statements();
    std::set<int> stored(def.include.begin(), def.include.end());
    std::ranges::transform(def.keys, std::inserter(stored, stored.end()), &IndexKey::column);
    for (std::size_t width = def.keys.size(); width > 0; --width) {
      const auto found = by_keys.find({def.table, First(def.keys, width)});
      if (found == by_keys.end()) {
        continue;
      }
      for (const Own& own : found->second) {
        if (std::ranges::includes(stored, *own.include)) {
          AddStatements(entry, known, own.statements);
        }
      }
    }
  }
}

}  // namespace pgassay::candidates
