// A node's cost has a part for the rows that it gets, which grows as they do, and for scans one for pages. Pages of an
// index scan that is repeated are fetched once for many of its loops, as far as they are cached: L. F. Mackert and G.
// M. Lohman, Index Scans Using a Finite LRU Buffer (1989), as in index_pages_fetched (costsize.c), with the cache taken
// as large enough. The blocks asked for are counted without that: each loop descends the tree again.

#include "evidence/counted_work.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

namespace pgassay::evidence {
namespace {

// What a row costs an index scan beside its page: cpu_tuple_cost, cpu_index_tuple_cost, cpu_operator_cost by default.
constexpr Cost kIndexRow = 0.0175;
// A tree of more entries has a level between root and leaf.
constexpr double kFlatTree = 90000;
constexpr double kBitmapDescent = 2.5;    // blocks
constexpr double kBitmapStart = 0.6;      // cost of an index scan that finds nothing, about
constexpr double kVisibleFetches = 0.02;  // heap blocks for a row of an index-only scan
constexpr double kFewestRows = 1e-6;
constexpr Cost kLeastCost = 0.01;  // EXPLAIN prints two digits

double Price(const Snapshot& snapshot, std::string_view name, double by_default) {
  const auto text = snapshot.FindSetting(name);
  const double value = text ? std::strtod(std::string(*text).c_str(), nullptr) : by_default;
  return std::isfinite(value) && value >= 0 ? value : by_default;
}

// Pages of a table of `pages` that hold `rows` of its rows, if these lie anywhere.
double PagesFetched(double pages, double rows) {
  return pages <= 1 ? 1 : std::min(pages, 2 * pages * rows / (2 * pages + rows));
}

// What a node does, in all its loops.
struct Done {
  Aliases aliases;
  bool plain = false;  // rows of just these tables, joined
  CountedWork work;
  double rows = 1;   // for each loop
  double ratio = 1;  // of these to the estimate
};

void Add(const CountedWork& work, CountedWork& to) {
  to.page_cost += work.page_cost;
  to.other_cost += work.other_cost;
  to.blocks += work.blocks;
}

CountedWork Scaled(const CountedWork& work, double by) {
  return {.page_cost = by * work.page_cost, .other_cost = by * work.other_cost, .blocks = by * work.blocks};
}

// How often a node is executed, and for rows of what.
struct Loops {
  Aliases outer;
  double estimated = 1;
  double counted = 1;
};

class Counting {
 public:
  Counting(const RowFactors& factors, const Snapshot& snapshot)
      : factors_(factors),
        snapshot_(snapshot),
        seq_(Price(snapshot, "seq_page_cost", 1)),
        random_(Price(snapshot, "random_page_cost", 4)) {}

  Done Count(const PlanNode& node, const Loops& loops) const {
    if (IsTableScan(node)) return CountScan(node, loops);
    if (IsJoinNode(node)) return node.type == "Nested Loop" ? CountLoop(node, loops) : CountJoin(node, loops);
    if (node.children.empty()) return Untouched(node, loops);
    if (node.type == "Limit") return CountLimit(node, loops);
    return CountOther(node, loops);
  }

 private:
  static Done Untouched(const PlanNode& node, const Loops& loops) {
    return {.aliases = AliasesOf(node),
            .plain = false,
            .work = {.page_cost = 0, .other_cost = node.total * loops.counted, .blocks = 0},
            .rows = node.rows,
            .ratio = 1};
  }

  // EXPLAIN tells no schema. Of tables with the same name the largest one is more likely to matter.
  const Relation* TableOf(const PlanNode& node) const {
    const Relation* largest = nullptr;
    for (const Relation& relation : snapshot_.relations) {
      if (relation.name.name != node.relation) continue;
      if (largest == nullptr || relation.pages > largest->pages) largest = &relation;
    }
    return largest;
  }

  Done CountScan(const PlanNode& node, const Loops& loops) const {
    Done done{.aliases = {node.alias}, .plain = true, .work = {}, .rows = node.rows, .ratio = 1};
    done.ratio =
        NamedFromOutside(node).empty() ? factors_.Of(done.aliases) : factors_.Joined(loops.outer, done.aliases);
    done.rows = std::max(node.rows * done.ratio, kFewestRows);
    const Relation* const table = TableOf(node);
    const double pages = table == nullptr ? 1 : std::max(static_cast<double>(table->pages), 1.0);
    const double tuples = table == nullptr ? 0 : table->statistics_tuples;
    if (node.type == "Seq Scan") {
      const Cost for_pages = std::min(pages * seq_, node.total);
      done.work =
          Scaled({.page_cost = for_pages, .other_cost = node.total - for_pages, .blocks = pages}, loops.counted);
    } else if (node.type == "Bitmap Heap Scan") {
      done.work = BitmapWork(node, pages, done, loops);
    } else {
      done.work = IndexWork(node, pages, tuples, done, loops);
    }
    return done;
  }

  // Pages in physical order: the more of them, the nearer to a sequential scan (cost_bitmap_heap_scan in costsize.c).
  CountedWork BitmapWork(const PlanNode& node, double pages, const Done& done, const Loops& loops) const {
    const Cost start = std::min(node.startup, kBitmapStart);
    const Cost run = std::max(node.total - start, 0.0);
    const Cost for_rows = std::min(run, node.rows * kIndexRow);
    const auto page_cost = [&](double rows) {
      const double fetched = PagesFetched(pages, rows);
      return fetched * (random_ - (random_ - seq_) * std::sqrt(fetched / pages));
    };
    const Cost expected = page_cost(node.rows);
    const double growth = expected > 0 ? page_cost(done.rows) / expected : done.ratio;
    return Scaled({.page_cost = (run - for_rows) * growth,
                   .other_cost = start + for_rows * done.ratio,
                   .blocks = kBitmapDescent + PagesFetched(pages, done.rows)},
                  loops.counted);
  }

  static CountedWork IndexWork(const PlanNode& node, double pages, double tuples, const Done& done,
                               const Loops& loops) {
    const bool index_only = node.type == "Index Only Scan";
    const Cost run = std::max(node.total - node.startup, 0.0);
    const Cost for_rows = std::min(run, node.rows * kIndexRow);
    const double expected = node.rows * loops.estimated;
    const double counted = std::max(done.rows * loops.counted, kFewestRows);
    const double growth =
        index_only ? counted / expected : PagesFetched(pages, counted) / PagesFetched(pages, expected);
    const double descent = tuples > kFlatTree ? 3 : 2;
    return {.page_cost = (run - for_rows) * loops.estimated * growth,
            .other_cost = node.startup * loops.counted + for_rows * counted / node.rows,
            .blocks = loops.counted * descent + counted * (index_only ? kVisibleFetches : 1)};
  }

  // Rows of a join, once its sides are counted.
  void JoinRows(const PlanNode& node, const Loops& loops, const Done& outer, const Done& inner, Done& done) const {
    done.aliases = outer.aliases;
    done.aliases.insert(inner.aliases.begin(), inner.aliases.end());
    done.plain = outer.plain && inner.plain;
    const bool known = done.plain && loops.outer.empty();
    done.ratio = known ? factors_.Of(done.aliases) : outer.ratio * inner.ratio;
    done.rows = std::max(node.rows * done.ratio, kFewestRows);
    done.work = outer.work;
    Add(inner.work, done.work);
  }

  Done CountLoop(const PlanNode& node, const Loops& loops) const {
    const PlanNode& left = node.children[0];
    const PlanNode& right = node.children[1];
    const Done outer = Count(left, loops);
    const bool by_row = !NamedFromOutside(right).empty();
    Done done;
    if (by_row) {
      Loops inside = loops;
      inside.estimated *= left.rows;
      inside.counted *= outer.rows;
      if (outer.plain) inside.outer.insert(outer.aliases.begin(), outer.aliases.end());
      JoinRows(node, loops, outer, Count(right, inside), done);
      const Cost own = node.total - left.total - left.rows * right.total;
      done.work.other_cost += std::max(own, 0.0) * loops.counted * outer.ratio;
      return done;
    }
    const Done inner = Count(right, loops);
    JoinRows(node, loops, outer, inner, done);
    const Cost own = node.total - left.total - right.total;
    done.work.other_cost += std::max(own, 0.0) * loops.counted * outer.ratio * inner.ratio;
    // What is not kept in memory is read again.
    if (IsTableScan(right)) done.work.blocks += inner.work.blocks * std::max(outer.rows - 1, 0.0);
    return done;
  }

  Done CountJoin(const PlanNode& node, const Loops& loops) const {
    const PlanNode& left = node.children[0];
    const PlanNode& right = node.children[1];
    const Done outer = Count(left, loops);
    const Done inner = Count(right, loops);
    Done done;
    JoinRows(node, loops, outer, inner, done);
    const Cost below = left.total + right.total;
    const Cost own = node.total - below;
    // A merge that ends early costs less than its sides.
    if (own < 0) {
      done.work = Scaled(done.work, node.total / std::max(below, kLeastCost));
    } else {
      done.work.other_cost +=
          own * loops.counted * (outer.rows + inner.rows + done.rows) / (left.rows + right.rows + node.rows);
    }
    return done;
  }

  // A part of its child, by the rows that it takes of it.
  Done CountLimit(const PlanNode& node, const Loops& loops) const {
    const PlanNode& child = node.children.front();
    const Done below = Count(child, loops);
    const double start = child.startup / std::max(child.total, kLeastCost);
    const double part = start + (1 - start) * std::min(1.0, node.rows / std::max(below.rows, kFewestRows));
    const double rows = std::min(node.rows, below.rows);
    return {.aliases = below.aliases,
            .plain = false,
            .work = Scaled(below.work, part),
            .rows = rows,
            .ratio = rows / node.rows};
  }

  Done CountOther(const PlanNode& node, const Loops& loops) const {
    Done done;
    Cost total = 0;
    double rows = 0;
    double estimated = 0;
    for (const PlanNode& child : node.children) {
      const Done below = Count(child, loops);
      done.aliases.insert(below.aliases.begin(), below.aliases.end());
      done.plain = below.plain && KeepsRows(node);
      Add(below.work, done.work);
      total += child.total;
      rows += below.rows;
      estimated += child.rows;
    }
    done.ratio = rows / std::max(estimated, kFewestRows);
    done.rows = std::max(node.rows * done.ratio, kFewestRows);
    const Cost own = node.total - total;
    if (own < 0 && total > 0) {
      done.work = Scaled(done.work, node.total / total);
    } else {
      done.work.other_cost += std::max(own, 0.0) * loops.counted * done.ratio;
    }
    return done;
  }

  const RowFactors& factors_;
  const Snapshot& snapshot_;
  const Cost seq_;
  const Cost random_;
};

}  // namespace

CountedWork CountWork(const PlanNode& plan, const RowFactors& factors, const Snapshot& snapshot) {
  return Counting(factors, snapshot).Count(plan, {}).work;
}

}  // namespace pgassay::evidence
