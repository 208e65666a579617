#include "candidates/generate.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "advice/reason_codes.h"
#include "base/text.h"
#include "candidates/column_ranks.h"
#include "candidates/existing_indexes.h"
#include "candidates/pool.h"
#include "candidates/rejections.h"
#include "candidates/request_view.h"
#include "candidates/rule_merge.h"
#include "candidates/rules.h"
#include "catalog/index_identity.h"

namespace pgassay::candidates {
namespace {

constexpr int kMaxKeyColumns = 32;  // INDEX_MAX_KEYS, src/include/pg_config_manual.h

bool IsSystemSchema(std::string_view schema) {
  return schema == "information_schema" || schema.starts_with("pg_");  // PostgreSQL reserves the prefix
}

// Why no index on plain columns can be advised for `relation`; empty: it can.
std::string_view WhyUnsupported(const Relation& relation) {
  if (IsSystemSchema(relation.name.schema)) {
    return "It belongs to the system.";
  }
  if (relation.persistence == 't') {
    return "It is a temporary table, gone with its session.";
  }
  switch (relation.kind) {
    case 'r':
    case 'm':
      return {};
    case 'p':
      return "It is a partitioned table; advice for partitioned tables is not implemented.";
    case 'f':
      return "It is a foreign table; index it on the server that holds it.";
    default:
      return "It is no table.";
  }
}

struct UnservedText {
  std::string_view what;
  std::string_view detail;
};

UnservedText Explain(std::string_view code) {
  if (code == reason::kNeedsExpression) {
    return {"expression", "An index on plain columns does not serve a clause on an expression."};
  }
  if (code == reason::kForeignOperator) {
    return {"operator", "The operator or collation is none that the column's default B-tree operator class serves."};
  }
  return {"system column", "PostgreSQL does not index system columns."};
}

std::string ExplainVerdict(std::string_view code, std::string_view by) {
  if (code == reason::kExists) {
    return absl::StrCat(ToAbsl(by), " is the same index.");
  }
  if (code == reason::kCoveredByExisting) {
    return absl::StrCat(ToAbsl(by), " begins with the same columns and does its work.");
  }
  return absl::StrCat(ToAbsl(by),
                      " is unique on columns that are all in it, so the remaining columns find no fewer rows.");
}

// One key list of one rule for one request.
struct Proposal {
  const Rule* rule = nullptr;
  KeyList keys;
};

// The lists of all rules, by turns, so that a limit takes the least promising of each.
std::vector<Proposal> Propose(const RequestView& view) {
  std::vector<std::pair<const Rule*, std::vector<KeyList>>> by_rule;
  for (const Rule& rule : Rules()) {
    by_rule.emplace_back(&rule, rule.propose(view));
  }
  std::vector<Proposal> proposals;
  bool any = true;
  for (std::size_t turn = 0; any; ++turn) {
    any = false;
    for (auto& [rule, lists] : by_rule) {
      if (turn < lists.size()) {
        proposals.push_back({rule, std::move(lists[turn])});
        any = true;
      }
    }
  }
  return proposals;
}

class Generator {
 public:
  Generator(std::span<const StatementRequests> statements, const Snapshot& snapshot, const Options& options)
      : statements_(statements),
        snapshot_(snapshot),
        max_width_(static_cast<std::size_t>(std::clamp(options.max_width, 1, kMaxKeyColumns))),
        max_per_request_(static_cast<std::size_t>(std::max(options.max_per_request, 0))),
        ranks_(statements),
        existing_(snapshot) {}

  Generated Run() && {
    Weights weights;
    for (const StatementRequests& statement : statements_) {
      weights[statement.statement] += statement.weight;
      for (const catalog::IndexRequest& request : statement.requests) {
        AddRequest(statement, request);
      }
    }
    for (const auto& [table, count] : Merge(pool_, existing_, weights, max_width_)) {
      rejections_.Add(absl::StrCat("merged candidates on ", TableName(table)), reason::kTooMany, {},
                      absl::StrCat(count, " more combinations of candidates, of less weight, were not considered."),
                      {});
    }
    ShareWithPrefixes(pool_);
    return Finish();
  }

 private:
  std::string TableName(Oid table) const {
    const Relation* relation = snapshot_.FindRelation(table);
    return relation == nullptr ? "a table outside of the capture" : catalog::QuotedName(relation->name);
  }

  void AddRequest(const StatementRequests& statement, const catalog::IndexRequest& request) {
    if (request.clauses.empty() && request.orders.empty()) {
      return;
    }
    const Relation* const relation = snapshot_.FindRelation(request.table);
    if (relation == nullptr) {
      RejectTable(statement, request.table, "The capture does not know it; it belongs to the system.");
      return;
    }
    if (const std::string_view why = WhyUnsupported(*relation); !why.empty()) {
      RejectTable(statement, request.table, why);
      return;
    }
    const RequestView view = MakeView(request, *relation, ranks_, max_width_);
    for (const Unserved& unserved : view.unserved) {
      const UnservedText text = Explain(unserved.code);
      rejections_.Add(DescribeClause(text.what, TableName(request.table), unserved.text), unserved.code, {},
                      std::string(text.detail), statement.template_id);
    }
    std::set<IndexDef> accepted;
    for (const Proposal& proposal : Propose(view)) {
      AddProposal(statement, view, proposal, accepted);
    }
  }

  void RejectTable(const StatementRequests& statement, Oid table, std::string_view why) {
    rejections_.Add(TableName(table), reason::kUnsupportedTable, {}, std::string(why), statement.template_id);
  }

  void AddProposal(const StatementRequests& statement, const RequestView& view, const Proposal& proposal,
                   std::set<IndexDef>& accepted) {
    IndexDef def = catalog::Canonical({.table = view.table, .keys = proposal.keys});
    if (def.keys.size() > max_width_) {
      Reject(def, reason::kTooWide, {},
             absl::StrCat("More than ", max_width_, " key columns; --max-width allows more."), statement);
      return;
    }
    Verdict verdict = existing_.Judge(def, FixedColumns(view, proposal));
    if (!verdict.code.empty()) {
      const std::string by = catalog::QuotedName(verdict.by->name);
      Reject(def, verdict.code, by, ExplainVerdict(verdict.code, by), statement);
      if (verdict.useful_width == 0) {
        return;
      }
      def.keys.resize(verdict.useful_width);
      if (!existing_.Judge(def, {}).code.empty()) {
        return;
      }
    }
    if (accepted.size() >= max_per_request_ && !accepted.contains(def)) {
      Reject(def, reason::kTooMany, {},
             absl::StrCat("One table of the statement proposed ", max_per_request_, " candidates already."), statement);
      return;
    }
    accepted.insert(def);
    PoolEntry& entry = pool_[def];
    entry.origins.insert({proposal.rule->number, statement.statement});
    entry.equality = std::max(entry.equality, EqualityPrefix(view, *proposal.rule, def.keys));
  }

  // Columns of the proposal for which one value is given at a time. Several rows may be null in a unique column.
  static std::set<int> FixedColumns(const RequestView& view, const Proposal& proposal) {
    std::set<int> fixed;
    for (const IndexKey& key : proposal.keys) {
      const auto equality = std::ranges::find(view.equality, key.column, &EqualityColumn::column);
      if ((equality != view.equality.end() && !equality->null) || IsJoinKey(view, *proposal.rule, key)) {
        fixed.insert(key.column);
      }
    }
    return fixed;
  }

  static std::size_t EqualityPrefix(const RequestView& view, const Rule& rule, const KeyList& keys) {
    const auto end = std::ranges::find_if_not(keys, [&view, &rule](const IndexKey& key) {
      return std::ranges::find(view.equality, key.column, &EqualityColumn::column) != view.equality.end() ||
             IsJoinKey(view, rule, key);
    });
    return static_cast<std::size_t>(end - keys.begin());
  }

  static bool IsJoinKey(const RequestView& view, const Rule& rule, const IndexKey& key) {
    return rule.joins_are_equality &&
           std::ranges::find(view.joins, key.column, &JoinColumn::column) != view.joins.end();
  }

  void Reject(const IndexDef& def, std::string_view code, std::string by, std::string detail,
              const StatementRequests& statement) {
    rejections_.Add(catalog::Describe(def, snapshot_), code, std::move(by), std::move(detail), statement.template_id);
  }

  Generated Finish() {
    std::vector<std::tuple<QualifiedName, std::string, const Pool::value_type*>> order;
    std::set<std::string> definitions;
    for (const Pool::value_type& entry : pool_) {
      std::string definition = catalog::Describe(entry.first, snapshot_);
      definitions.insert(definition);
      order.emplace_back(snapshot_.FindRelation(entry.first.table)->name, std::move(definition), &entry);
    }
    std::sort(order.begin(), order.end());
    Generated generated;
    for (const auto& [table, definition, entry] : order) {
      generated.candidates.push_back({.id = {static_cast<std::uint32_t>(generated.candidates.size())},
                                      .def = entry->first,
                                      .origins = {entry->second.origins.begin(), entry->second.origins.end()}});
    }
    generated.rejected = std::move(rejections_).Take(definitions);
    return generated;
  }

  std::span<const StatementRequests> statements_;
  const Snapshot& snapshot_;
  std::size_t max_width_;
  std::size_t max_per_request_;
  ColumnRanks ranks_;
  ExistingIndexes existing_;
  Pool pool_;
  Rejections rejections_;
};

}  // namespace

Generated Generate(std::span<const StatementRequests> statements, const Snapshot& snapshot, const Options& options) {
  return Generator(statements, snapshot, options).Run();
}

}  // namespace pgassay::candidates
