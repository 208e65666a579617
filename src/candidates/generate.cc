#include "candidates/generate.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "advice/reason_codes.h"
#include "candidates/column_ranks.h"
#include "candidates/existing_indexes.h"
#include "candidates/explain.h"
#include "candidates/expressions.h"
#include "candidates/pool.h"
#include "candidates/rejections.h"
#include "candidates/request_view.h"
#include "candidates/rule_access.h"
#include "candidates/rule_cover.h"
#include "candidates/rule_hash.h"
#include "candidates/rule_hull.h"
#include "candidates/rule_merge.h"
#include "candidates/rule_partial.h"
#include "candidates/rules.h"
#include "catalog/index_identity.h"
#include "catalog/partitions.h"
#include "catalog/uniqueness.h"

namespace pgassay::candidates {
namespace {

constexpr int kMaxKeyColumns = 32;  // INDEX_MAX_KEYS, src/include/pg_config_manual.h

// A lookup reads the metapage or root and a leaf of the index, and then the table's page: an index on so few pages is
// another thing to keep, for nothing.
constexpr std::int64_t kSmallPages = 2;

// Key columns of candidates that stand beside wider ones.
constexpr std::size_t kNarrow = 2;

// Indexes with a predicate that one request may propose for each predicate.
constexpr std::size_t kMostPartial = 6;

// One key list of one rule for one request.
struct Proposal {
  int rule = 0;
  bool joins_are_equality = false;  // as in Rule
  bool ordered = false;             // as in Rule
  IndexDef def;                     // canonical
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
        IndexDef def = catalog::Canonical({.table = view.table, .keys = std::move(lists[turn])});
        proposals.push_back({rule->number, rule->joins_are_equality, rule->ordered, std::move(def)});
        any = true;
      }
    }
  }
  return proposals;
}

// With fewer nulls than this share of the rows, leaving them out makes no difference to speak of.
constexpr double kMostlyNull = 0.5;

class Generator {
 public:
  Generator(std::span<const StatementRequests> statements, const Snapshot& snapshot, const Options& options)
      : statements_(expressions_.Number(statements)),
        snapshot_(snapshot),
        max_width_(static_cast<std::size_t>(std::clamp(options.max_width, 1, kMaxKeyColumns))),
        max_per_request_(static_cast<std::size_t>(std::max(options.max_per_request, 0))),
        ranks_(statements_),
        constants_(statements_),
        hulls_(statements_, snapshot),
        hashed_(statements_, snapshot),
        existing_(snapshot),
        limits_(statements_, snapshot) {}

  Generated Run() && {
    Weights weights;
    for (const StatementRequests& statement : statements_) {
      weights[statement.statement] += statement.weight;
      for (const catalog::IndexRequest& request : statement.requests) {
        AddRequest(statement, request);
      }
    }
    for (const auto& [table, count] : Merge(pool_, existing_, weights, limits_, max_width_)) {
      rejections_.Add(absl::StrCat("merged candidates on ", TableName(table)), reason::kTooMany, {},
                      absl::StrCat(count, " more combinations of candidates, of less weight, were not considered."),
                      {});
    }
    ShareWithPrefixes(pool_);
    AddNarrow();
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
      RejectTable(statement, request.table, reason::kUnsupportedTable,
                  "The capture does not know it; it belongs to the system.");
      return;
    }
    if (const std::string_view why = WhyUnsupported(snapshot_, *relation); !why.empty()) {
      RejectTable(statement, request.table, reason::kUnsupportedTable, why);
      return;
    }
    if (relation->pages > 0 && relation->pages <= kSmallPages) {
      RejectTable(statement, request.table, reason::kSmallTable,
                  absl::StrCat("It has ", relation->pages, relation->pages == 1 ? " page" : " pages",
                               "; reading all of it costs no more than one index lookup."));
      return;
    }
    RequestView view = MakeView(request, *relation, ranks_, max_width_);
    view.referential = statement.referential;
    for (const Unserved& unserved : view.unserved) {
      const UnservedText text = ExplainUnserved(unserved.code);
      rejections_.Add(DescribeClause(text.what, TableName(request.table), unserved.text), unserved.code, {},
                      std::string(text.detail), statement.template_id);
    }
    std::set<IndexDef> accepted;
    std::vector<Proposal> served;
    for (Proposal& proposal : Propose(view)) {
      if (AddProposal(statement, view, proposal, accepted)) {
        served.push_back(std::move(proposal));
      }
    }
    AddCovering(statement, view, served, accepted);
    for (AccessProposal& proposal : ProposeAccess(view, snapshot_)) {
      AddSpecial(statement, proposal.rule, std::move(proposal.def), 1);
    }
    AddHashed(statement, view, accepted);
    AddPartial(statement, request, accepted);
    AddHulls(statement, request, accepted);
    AddNotNull(statement, view, accepted);
  }

  // Rule 10 for long values, beside the B-tree.
  void AddHashed(const StatementRequests& statement, const RequestView& view, const std::set<IndexDef>& accepted) {
    for (const EqualityColumn& column : view.equality) {
      IndexDef def{.table = view.table, .keys = {{.column = column.column}}};
      if (column.one_value && accepted.contains(def) && hashed_.Suits(view.table, column.column)) {
        def.method = "hash";
        AddSpecial(statement, kAccessRule, std::move(def), 1);
      }
    }
  }

  // Rule 12 where most rows have no parent: nobody searches for nulls.
  void AddNotNull(const StatementRequests& statement, const RequestView& view, const std::set<IndexDef>& accepted) {
    if (!view.referential || view.equality.size() != 1) {
      return;
    }
    const int column = view.equality.front().column;
    const ColumnStatistics* const statistics = catalog::FindTableStatistics(snapshot_, view.table, column);
    IndexDef def{.table = view.table, .keys = {{.column = column}}};
    if (statistics == nullptr || statistics->null_fraction < kMostlyNull || !accepted.contains(def)) {
      return;
    }
    def.predicate = NotNull(FindColumn(*snapshot_.FindRelation(view.table), column)->name);
    AddSpecial(statement, kForeignKeyRule, std::move(def), 1 - statistics->null_fraction);
  }

  // Rule 7, for the first candidates of the request.
  void AddPartial(const StatementRequests& statement, const catalog::IndexRequest& request,
                  const std::set<IndexDef>& accepted) {
    const std::vector<Predicate> predicates = constants_.Of(statement, request);
    if (predicates.empty()) {
      return;
    }
    std::vector<IndexDef> defs = accepted.empty() ? std::vector<IndexDef>{{.table = request.table}}
                                                  : std::vector<IndexDef>(accepted.begin(), accepted.end());
    for (const Predicate& predicate : predicates) {
      std::set<IndexDef> made;
      for (const IndexDef& def : defs) {
        if (std::optional<IndexDef> partial = Partial(def, predicate, KeyColumnOf(request.table))) {
          made.insert(catalog::Canonical(*std::move(partial)));
        }
      }
      std::size_t left = kMostPartial;
      for (const IndexDef& def : made) {
        if (left-- == 0) {
          break;
        }
        AddSpecial(statement, kPartialRule, def, predicate.selectivity);
      }
    }
  }

  // Rule 7 for ranges. A predicate that moves is listed once.
  void AddHulls(const StatementRequests& statement, const catalog::IndexRequest& request,
                const std::set<IndexDef>& accepted) {
    for (const Hull& hull : hulls_.Of(statement, request)) {
      std::size_t left = kMostPartial;
      for (const IndexDef& def : accepted) {
        if (left-- == 0) {
          break;
        }
        IndexDef partial = def;
        partial.predicate = hull.predicate.text;
        if (!hull.why_moves.empty()) {
          Reject(partial, reason::kMovingRange, {}, hull.why_moves, statement);
          break;
        }
        AddSpecial(statement, kPartialRule, std::move(partial), hull.predicate.selectivity, hull.caution);
      }
    }
  }

  // The first column of the primary key, which is never null and seldom wide; 0: there is none.
  int KeyColumnOf(Oid table) const {
    const auto key = std::ranges::find_if(
        snapshot_.indexes, [table](const Index& index) { return index.primary && index.def.table == table; });
    return key == snapshot_.indexes.end() ? 0 : key->def.keys.front().column;
  }

  // The first columns of wide candidates: few distinct keys take a fraction of the space (deduplication), so that a
  // small budget buys most of the gain.
  void AddNarrow() {
    for (const auto& [wide, entry] : pool_) {
      if (wide.keys.size() <= kNarrow || !wide.include.empty()) {
        continue;
      }
      IndexDef narrow = wide;
      narrow.keys.resize(kNarrow);
      narrow = catalog::Canonical(std::move(narrow));
      if (pool_.contains(narrow) || !existing_.Judge(expressions_.Restored(narrow), {}).code.empty()) {
        continue;
      }
      special_[std::move(narrow)].origins.insert(entry.origins.begin(), entry.origins.end());
    }
  }

  // Candidates that are neither merged nor widened.
  void AddSpecial(const StatementRequests& statement, int rule, IndexDef def, double fraction,
                  std::string_view caution = {}) {
    const Verdict verdict = existing_.Judge(expressions_.Restored(def), {});
    if (!verdict.code.empty()) {
      const std::string by = catalog::QuotedName(verdict.by->name);
      Reject(def, verdict.code, by, ExplainVerdict(verdict, by, verdict.by->def.table != def.table), statement);
      return;
    }
    const auto [entry, fresh] = special_.try_emplace(std::move(def));
    entry->second.origins.insert({rule, statement.statement});
    entry->second.fraction = fresh ? fraction : std::max(entry->second.fraction, fraction);
    entry->second.caution = caution;
  }

  // Rule 6. Of several lists that are turned down for one reason, the first is listed.
  void AddCovering(const StatementRequests& statement, const RequestView& view, const std::vector<Proposal>& served,
                   std::set<IndexDef>& accepted) {
    if (view.needed.empty() || served.empty() || !limits_.IsLarge(view.table)) {
      return;
    }
    std::vector<IndexDef> defs;
    for (const Proposal& proposal : served) {
      defs.push_back(Cover(view.table, proposal.def.keys, view.needed));
    }
    std::set<std::string_view> told;
    for (const std::size_t i : BestCovering(defs)) {
      if (const CoverVerdict verdict = limits_.Judge(defs[i]); verdict.code.empty()) {
        AddProposal(statement, view, {kCoverRule, served[i].joins_are_equality, served[i].ordered, std::move(defs[i])},
                    accepted);
      } else if (told.insert(verdict.code).second) {
        Reject(defs[i], verdict.code, {}, verdict.detail, statement);
      }
    }
  }

  void RejectTable(const StatementRequests& statement, Oid table, std::string_view code, std::string_view why) {
    rejections_.Add(TableName(table), code, {}, std::string(why), statement.template_id);
  }

  // Whether included columns may be worth adding: the keys find more than one row at a time, in the proposed index or
  // in one that exists.
  bool AddProposal(const StatementRequests& statement, const RequestView& view, const Proposal& proposal,
                   std::set<IndexDef>& accepted) {
    IndexDef def = proposal.def;
    if (def.keys.size() > max_width_) {
      Reject(def, reason::kTooWide, {},
             absl::StrCat("More than ", max_width_, " key columns; --max-width allows more."), statement);
      return false;
    }
    const Searched searched = SearchedBy(view, proposal);
    const Verdict verdict = existing_.Judge(expressions_.Restored(def),
                                            FixedColumns(view, proposal, proposal.joins_are_equality), searched);
    if (!verdict.code.empty()) {
      const std::string by = catalog::QuotedName(verdict.by->name);
      Reject(def, verdict.code, by, ExplainVerdict(verdict, by, verdict.by->def.table != def.table), statement);
      if (verdict.useful_width == 0) {
        return verdict.code != reason::kUniquePrefix &&
               !existing_.FindsOneRow(def.table, FixedColumns(view, proposal, false), searched);
      }
      def.keys.resize(verdict.useful_width);
      if (!existing_.Judge(expressions_.Restored(def), {}).code.empty()) {
        return false;
      }
    }
    if (accepted.size() >= max_per_request_ && !accepted.contains(def)) {
      Reject(def, reason::kTooMany, {},
             absl::StrCat("One table of the statement proposed ", max_per_request_, " candidates already."), statement);
      return false;
    }
    accepted.insert(def);
    PoolEntry& entry = pool_[def];
    entry.origins.insert({proposal.rule, statement.statement});
    if (HasExpression(def)) {
      entry.origins.insert({kExpressionRule, statement.statement});
    }
    entry.equality = std::max(entry.equality, EqualityPrefix(view, proposal.joins_are_equality, def.keys));
    return verdict.code.empty();
  }

  // Columns of the proposal for which one value is given at a time. Several rows may be null in a unique column.
  static std::set<int> FixedColumns(const RequestView& view, const Proposal& proposal, bool with_joins) {
    std::set<int> fixed;
    for (const IndexKey& key : proposal.def.keys) {
      const auto equality = std::ranges::find(view.equality, key.column, &EqualityColumn::column);
      if ((equality != view.equality.end() && !equality->null) || (with_joins && IsJoinKey(view, key))) {
        fixed.insert(key.column);
      }
    }
    return fixed;
  }

  // Where the proposal gives an order, the members of a list come in the order of the index.
  Searched SearchedBy(const RequestView& view, const Proposal& proposal) const {
    Searched searched{.equal = {}, .one_value = {}, .by_value = {}, .implied = view.implied, .only = view.only};
    const auto insert = [this](SearchedKeys& keys, int column) {
      if (IsExpression(column)) {
        keys.expressions.insert(expressions_.Restored({.keys = {{.column = column}}}).keys.front().expression);
      } else {
        keys.columns.insert(column);
      }
    };
    for (const EqualityColumn& column : view.equality) {
      if (column.one_value || column.null || !proposal.ordered) {
        insert(searched.equal, column.column);
      }
      if (column.one_value || column.null) {
        insert(searched.one_value, column.column);
      }
      if (!column.null) {
        insert(searched.by_value, column.column);
      }
    }
    for (const JoinColumn& column : view.joins) {
      if (proposal.joins_are_equality) {
        insert(searched.equal, column.column);
      }
    }
    return searched;
  }

  static std::size_t EqualityPrefix(const RequestView& view, bool joins_are_equality, const KeyList& keys) {
    const auto end = std::ranges::find_if_not(keys, [&view, joins_are_equality](const IndexKey& key) {
      return std::ranges::find(view.equality, key.column, &EqualityColumn::column) != view.equality.end() ||
             (joins_are_equality && IsJoinKey(view, key));
    });
    return static_cast<std::size_t>(end - keys.begin());
  }

  static bool IsJoinKey(const RequestView& view, const IndexKey& key) {
    return std::ranges::find(view.joins, key.column, &JoinColumn::column) != view.joins.end();
  }

  void Reject(const IndexDef& def, std::string_view code, std::string by, std::string detail,
              const StatementRequests& statement) {
    rejections_.Add(catalog::Describe(expressions_.Restored(def), snapshot_), code, std::move(by), std::move(detail),
                    statement.template_id);
  }

  Generated Finish() {
    std::vector<std::tuple<QualifiedName, std::string, const Pool::value_type*>> order;
    std::set<std::string> definitions;
    pool_.merge(special_);
    for (const Pool::value_type& entry : pool_) {
      std::string definition = catalog::Describe(expressions_.Restored(entry.first), snapshot_);
      definitions.insert(definition);
      order.emplace_back(snapshot_.FindRelation(entry.first.table)->name, std::move(definition), &entry);
    }
    std::sort(order.begin(), order.end());
    Generated generated;
    for (const auto& [table, definition, entry] : order) {
      IndexDef def = expressions_.Restored(entry->first);
      def.unique = catalog::ProvenUniqueBy(def, snapshot_) != nullptr;
      if (HasExpression(entry->first) && !existing_.Judge(def, {}).code.empty()) {
        continue;  // merged into one that exists
      }
      IndexDef plain = def;
      plain.include.clear();
      generated.candidates.push_back(
          {.id = {static_cast<std::uint32_t>(generated.candidates.size())},
           .def = def,
           .origins = {entry->second.origins.begin(), entry->second.origins.end()},
           .fraction = entry->second.fraction,
           .caution = entry->second.caution,
           .beside_existing = !def.include.empty() && !existing_.Judge(plain, {}).code.empty()});
    }
    generated.rejected = std::move(rejections_).Take(definitions);
    return generated;
  }

  ExpressionNumbers expressions_;
  std::vector<StatementRequests> statements_;
  const Snapshot& snapshot_;
  std::size_t max_width_;
  std::size_t max_per_request_;
  ColumnRanks ranks_;
  ConstantClauses constants_;
  RangeHulls hulls_;
  HashColumns hashed_;
  ExistingIndexes existing_;
  CoverLimits limits_;
  Pool pool_;
  Pool special_;
  Rejections rejections_;
};

}  // namespace

Generated Generate(std::span<const StatementRequests> statements, const Snapshot& snapshot, const Options& options) {
  return Generator(statements, snapshot, options).Run();
}

}  // namespace pgassay::candidates
