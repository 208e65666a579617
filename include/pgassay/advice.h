#pragma once

// The answer: what to change, why, at what price, and what was looked at and turned down. Implemented by module advice.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pgassay/ddl_step.h"
#include "pgassay/evidence.h"
#include "pgassay/findings.h"
#include "pgassay/snapshot.h"
#include "pgassay/units.h"
#include "pgassay/workload.h"

namespace pgassay {

// Costs of templates are what EXPLAIN prints. Their penalties are the part that PostgreSQL adds for nodes that a
// setting such as enable_seqscan = off discourages (disable_cost): in the costs of templates, and in no gain, share or
// total.

// What a recommendation does for one template, all other recommendations being in place. Costs are per call.
struct TemplateGain {
  std::string id;  // Template::id
  std::string fingerprint;
  double weight = 0;
  Cost cost_before = 0;   // nothing recommended yet
  Cost cost_without = 0;  // the advised set without this recommendation
  Cost cost_after = 0;    // the advised set
  Cost penalty_before = 0;
  Cost penalty_without = 0;
  Cost penalty_after = 0;
  // Of a call, in milliseconds; none: the time model is not good enough (Advice::times).
  std::optional<double> ms_before;
  std::optional<double> ms_without;
  std::optional<double> ms_after;
  // With the rows that came, its plan is dearer with the recommendation: more time is no mere error of the time model.
  bool more_work = false;
  friend bool operator==(const TemplateGain&, const TemplateGain&) = default;
};

// What an index costs in writes, from the table's counters and the workload's statements. Rates are per day.
struct Maintenance {
  // Of all writes of the workload, in the unit of Recommendation::gain and over the same time; less for an index that
  // is to be dropped. It is part of what the selection minimises.
  Cost cost = 0;
  std::optional<double> days;   // how long the counters have run; none: not known, and so are the rates
  double inserts = 0;           // rows: each gets an entry
  double updates = 0;           // rows whose new version gets an entry already today, because the update is not HOT
  double hot_updates = 0;       // rows whose update is HOT today
  double hot_updates_lost = 0;  // of those, the ones that could not be HOT any more: they set a column of the index
  std::vector<std::string> hot_columns;    // columns of the index that statements set and no index has today
  std::vector<std::string> hot_templates;  // ids of those statements
  friend bool operator==(const Maintenance&, const Maintenance&) = default;
};

// A gain as time. Marginal, like Recommendation::gain.
struct TimeGain {
  double ms_per_call = 0;  // mean over the calls of the statements that it serves
  double low_ms = 0;       // four times in five it is between these two
  double high_ms = 0;
  std::optional<double> s_per_day;   // none: not known for how long the statements were watched
  std::optional<double> time_share;  // of the database's execution time; none: that is not known
  friend bool operator==(const TimeGain&, const TimeGain&) = default;
};

struct Recommendation {
  std::string id;    // 12 hexadecimal digits, a stable hash of kind, table and definition
  std::string kind;  // create-index, drop-index
  IndexDef index;
  QualifiedName table;
  std::string index_name;  // unquoted
  std::string definition;  // "shop.orders (customer_id, placed_at)", for people
  std::vector<DdlStep> ddl;
  std::vector<DdlStep> undo;
  Bytes size_bytes = 0;                 // predicted size right after the build; of a dropped one as captured
  bool size_rests_on_estimate = false;  // true: distinct values of several columns had to be guessed
  Cost gain = 0;     // marginal, weighted: cost of the advised set without it minus cost of the advised set
  double share = 0;  // gain as a share of the total cost before
  std::optional<TimeGain> time_gain;    // none: the time model is not good enough
  std::vector<TemplateGain> templates;  // those whose plan uses it, largest weighted gain first
  int index_count = 1;                  // for a partitioned table: one for each partition
  bool pinned = false;                  // advised because the user demands it (AdviseOptions::pinned)
  Maintenance maintenance;
  std::string label;             // estimated, planned, measured
  std::string confidence;        // high, medium, low
  std::vector<std::string> why;  // sentences: the shape, the rules, what lowers the confidence
  std::vector<int> rules;        // candidate rules of DESIGN.md section 4 that asked for it
  friend bool operator==(const Recommendation&, const Recommendation&) = default;
};

// A candidate that is not advised. Codes are stable and public (advice/reason_codes.h).
struct Rejection {
  std::string definition;
  std::string code;
  std::string by;                      // the index or recommendation that does its work, if there is one
  std::string detail;                  // a sentence
  std::vector<std::string> templates;  // ids of the templates that wanted it
  friend bool operator==(const Rejection&, const Rejection&) = default;
};

// One planned template.
struct TemplateCost {
  std::string id;
  Cost cost_before = 0;  // weighted mean over the bindings, per call
  Cost cost_after = 0;
  Cost penalty_before = 0;
  Cost penalty_after = 0;
  std::optional<double> ms_before;  // a call; observed where it was, else by the time model
  std::optional<double> ms_after;   // by the time model
  std::vector<Cost>
      binding_costs_before;  // one per planned binding, in the order of Template::bindings; -1: not planned
  std::vector<Cost> binding_costs_after;
  bool plans_differ = false;  // with the advised set, two bindings use different indexes: the values decide the plan
  friend bool operator==(const TemplateCost&, const TemplateCost&) = default;
};

// What the user demands of the set, as given; the certificate and every point of the frontier hold for such sets.
struct Demanded {
  std::optional<Bytes> budget_bytes;
  std::optional<int> max_indexes;
  std::optional<int> max_per_table;
  std::optional<double> max_maintenance;
  std::vector<std::string> pinned;     // definitions
  std::vector<std::string> forbidden;  // definitions, tables, tables with columns
  bool keep_existing = false;
  std::vector<std::string> kept;  // names
  friend bool operator==(const Demanded&, const Demanded&) = default;
};

// How good the set is, as far as it was computed. Costs are weighted sums over all planned templates, without
// penalties. Each index has a price (AdviseOptions::min_share of the cost before, more for what is wide, and what it
// costs in writes), and the
// set is to have the least sum of cost and prices. No set of the candidates within the limits costs less than
// `lower_bound`, unless its indexes have higher prices, and then by no more than these are higher. That holds as long
// as more indexes make no plan dearer: `monotonicity_violation` is the largest share by which they were seen to, for
// which the bound makes allowance.
struct Certificate {
  Cost cost_before = 0;
  Cost cost_after = 0;
  std::optional<Cost> lower_bound;
  std::optional<double> gap;
  int candidates = 0;
  std::int64_t planner_calls = 0;
  std::optional<double> monotonicity_violation;
  Demanded demanded;
  friend bool operator==(const Certificate&, const Certificate&) = default;
};

// The best set found for a budget. `lower_bound` as in the certificate.
struct FrontierPoint {
  Bytes budget_bytes = 0;
  Bytes size_bytes = 0;
  int indexes = 0;
  Cost cost = 0;
  Cost lower_bound = 0;
  bool advised = false;  // the recommendations are this set
  friend bool operator==(const FrontierPoint&, const FrontierPoint&) = default;
};

// How costs became times, and how far they can be trusted. Errors are of statements that the model had not seen.
struct TimeReport {
  std::size_t plans = 0;               // statements with known times that the model rests on
  std::size_t analyzed = 0;            // of these, the ones whose times come from --analyze
  std::size_t measured = 0;            // times that come from a bench; more than one of a statement where sets differ
  bool good = false;                   // else gains are shares of costs, and `why_not` says why
  std::string why_not;                 // a sentence
  std::optional<double> median_error;  // of |predicted / observed - 1|; none: too few statements
  std::optional<double> upper_error;   // three quarters of them are within it
  double low_factor = 1;               // four fifths of the observed times are between these factors of the prediction
  double high_factor = 1;
  std::optional<double> cached_share;  // of the blocks that statements asked for; none: not counted
  std::optional<double> days;          // that the statements were watched
  friend bool operator==(const TimeReport&, const TimeReport&) = default;
};

struct Advice {
  Workload workload;                            // what was examined, skipped statements included
  std::vector<TemplateCost> costs;              // one for each planned template, in the order of workload.templates
  std::vector<Recommendation> recommendations;  // largest gain first
  std::vector<Rejection> rejected;
  std::vector<std::string> warnings;  // about the capture and the twin: what was seen, why it matters, what to try
  Certificate certificate;
  TimeReport times;
  Evidence evidence;                    // findings come before any recommendation
  std::vector<FrontierPoint> frontier;  // by budget, ascending; the last one is without a limit
  // What the logs of the source say that the application does again and again (ReportLoops); nothing: it has none. Put
  // in by who has the logs: Advise does not look at them.
  std::optional<std::vector<Finding>> findings;
  bool partial = false;  // stopped by a limit: the result is the best found so far
  friend bool operator==(const Advice&, const Advice&) = default;
};

}  // namespace pgassay
