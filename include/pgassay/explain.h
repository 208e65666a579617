#pragma once

// Why a template costs what it costs, why an index is advised, and why another one is not. Implemented by module
// advisor.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pgassay/advice.h"
#include "pgassay/advisor.h"
#include "pgassay/snapshot.h"
#include "pgassay/units.h"
#include "pgassay/workload.h"

namespace pgassay {

// One binding with its plans as the twin's EXPLAIN (FORMAT JSON) tells them.
struct ExplainedBinding {
  Binding binding;
  Cost cost_before = 0;
  Cost cost_after = 0;
  Cost penalty_before = 0;  // parts of the costs (pgassay/advice.h)
  Cost penalty_after = 0;
  std::string plan_before;
  std::string plan_after;
};

struct ExplainedTemplate {
  Template of;
  TemplateCost cost;
  std::vector<ExplainedBinding> bindings;  // heaviest first
  bool plans_differ_before = false;        // between the bindings: the values decide the plan
  bool plans_differ_after = false;
  std::vector<std::string> requests;         // the planner's index requests, a line each, without literals
  std::vector<std::string> recommendations;  // ids of those that serve it
  std::vector<Rejection> rejected;           // candidates that were wanted for it and are not advised
};

struct ExplainedIndex {
  std::string definition;
  bool advised = false;
  Recommendation recommendation;         // also of a proposed index: DDL, size, maintenance
  Cost gain_alone = 0;                   // weighted: what it saves with no other new index
  Cost gain_in_set = 0;                  // weighted: what it saves beside the other advised ones
  std::string verdict;                   // a sentence: why, or why not
  std::vector<std::string> substitutes;  // what the plans use without it
  std::vector<ExplainedTemplate> templates;
};

struct Explanation {
  std::string subject;  // as it was asked for
  std::string kind;     // template, recommendation, index
  std::vector<ExplainedTemplate> templates;
  std::optional<ExplainedIndex> index;
  std::map<std::string, std::string> index_names;  // name of an index on the twin to the name to print
  std::vector<std::string> warnings;
  Evidence evidence;  // on the templates here
  Cost cost_before = 0;  // weighted total of the workload
  Cost cost_after = 0;
};

// `subject` is the id of a template or of a recommendation, or an unambiguous prefix of one, or a CREATE INDEX
// statement. "Before" is the database as it is, "after" has the advised indexes, and a proposed one as well. Errors as
// Advise; InvalidArgument for an id that names nothing (the message has the nearest ones), for a prefix that several
// ids begin with, and for a statement that is no CREATE INDEX or that PostgreSQL refuses.
absl::StatusOr<Explanation> Explain(const Snapshot& snapshot, Workload workload, std::string_view subject,
                                    const AdviseOptions& options);

}  // namespace pgassay
