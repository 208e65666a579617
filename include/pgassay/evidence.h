#pragma once

// What plans with actual rows say about the estimates that advice rests on. Plain values. Implemented by module
// evidence.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pgassay/ddl_step.h"

namespace pgassay {

// A node of an executed plan. Rows are per loop, as EXPLAIN shows them; what a node did in all loops is where it says
// so.
struct NodeEvidence {
  int depth = 0;
  std::string type;      // "Seq Scan", "Hash Join"
  std::string relation;  // "shop.orders", quoted where needed; empty: no scan of a table
  std::string alias;
  std::string index;      // unqualified; empty: none
  std::string condition;  // of all its conditions, joined by AND, literals included: print it only redacted
  double estimated_rows = 0;
  double actual_rows = 0;
  double loops = 0;             // 0: never executed
  double removed_rows = 0;      // by filters and rechecks
  std::int64_t hit_blocks = 0;  // shared and local, of the node and those below it, in all loops
  std::int64_t read_blocks = 0;
  std::int64_t temp_blocks = 0;   // read and written
  std::string spill;              // "external merge", "8 batches": work that did not fit into work_mem; empty: none
  std::int64_t lossy_blocks = 0;  // of a bitmap that did not fit: every row of them is checked again
  std::int64_t heap_fetches = 0;  // of an index-only scan, in all loops
  bool cut_short = false;         // a LIMIT or the other side of a join ended it: fewer rows than estimated say nothing
  // Estimated to actual rows or the reverse, at least 1; 1 where nothing can be said. A row less or more is no error.
  double Misestimate() const;
  friend bool operator==(const NodeEvidence&, const NodeEvidence&) = default;
};

// One execution of one binding.
struct PlanEvidence {
  std::string template_id;
  std::size_t binding = 0;          // position in Template::bindings
  std::vector<NodeEvidence> nodes;  // in the order of EXPLAIN, each after its parent
  double cost = 0;                  // what the analysed server's planner said
  double execution_ms = 0;
  double planning_ms = 0;
  double jit_ms = 0;
  std::int64_t hit_blocks = 0;  // shared and local
  std::int64_t read_blocks = 0;
  std::int64_t wal_bytes = 0;         // a SELECT may set hint bits and prune pages
  std::vector<std::string> settings;  // "work_mem = 64MB": planner settings of that session that are not the default
  friend bool operator==(const PlanEvidence&, const PlanEvidence&) = default;
};

// A statement or binding that was not executed. Codes are public and stable (advice/reason_codes.h).
struct NotAnalyzed {
  std::string template_id;
  std::string code;
  std::string reason;  // a sentence
  friend bool operator==(const NotAnalyzed&, const NotAnalyzed&) = default;
};

// Something to do before an index, or instead of one.
struct EvidenceFinding {
  std::string id;  // 12 hexadecimal digits, a stable hash of kind and subject
  // analyze, statistics-target, n-distinct, create-statistics, join-skew, unexplained-estimate, logged-misestimate;
  // column-cast, column-function, column-arithmetic
  std::string kind;
  std::string subject;  // "shop.orders (status, region)"
  std::string summary;  // a sentence: what was seen
  double ratio = 0;     // the worst misestimate; 0: it is about no estimate
  double estimated_rows = 0;
  double actual_rows = 0;
  std::vector<DdlStep> ddl;  // empty: nothing helps that is known
  std::vector<DdlStep> undo;
  std::optional<double> replanned_rows;      // in place of estimated_rows, by a twin with the proposed statistics
  std::string checked;                       // a sentence: how it was checked that this helps, or that it was not
  std::string rewrite;                       // a predicate that an index can serve, with $n for literals; empty: none
  std::vector<std::string> templates;        // ids
  std::vector<std::string> recommendations;  // ids of those that rest on it
  friend bool operator==(const EvidenceFinding&, const EvidenceFinding&) = default;
};

// All that was executed or logged, and what follows.
struct Evidence {
  bool analyzed = false;     // --analyze was asked for
  bool interrupted = false;  // by the caller; else it ran to its end or to --analyze-time
  std::vector<PlanEvidence> plans;
  std::vector<std::string> notes;         // sentences: how the executions differ from those of the workload
  std::vector<NotAnalyzed> refused;       // by template
  std::vector<EvidenceFinding> findings;  // statistics first, then the worst first
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

}  // namespace pgassay
