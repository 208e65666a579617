// Selection on one captured workload: what it costs, how far it is from the best, and what the algorithms of the
// literature make of the same candidates. Prints one tab-separated line for each budget and algorithm; measure.py makes
// the captures and the table.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "advisor/run.h"
#include "base/status_macros.h"
#include "catalog/index_identity.h"
#include "pgassay/assay_file.h"
#include "pgassay/workload_files.h"
#include "recorded_oracle.h"
#include "reference.h"

namespace pgassay::bench {
namespace {

// Budgets as shares of what the best set without a budget takes, beside the whole: the selection's own frontier has
// them.
constexpr double kShares[] = {0.05, 0.1, 0.2, 0.45, 1};

struct Arguments {
  std::string capture;
  std::vector<std::string> workload;
  std::string record;
  std::string planner;
  std::string work = "/tmp";
  std::string cache = "/tmp";
  std::string reference_budgets;
  double gap = 0.01;
  std::int64_t most_calls = 200'000;
  bool references = false;
  bool singles = false;      // every budget also solved by itself, for its calls
  bool two_columns = false;  // plain B-trees of up to two columns only
};

class Clock {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

struct Line {
  std::string algorithm;
  double share = 1;
  Bytes budget = 0;
  Bytes bytes = 0;
  std::size_t indexes = 0;
  Cost objective = 0;
  std::optional<Cost> bound;
  std::int64_t calls = -1;
  double seconds = 0;
  bool ended = true;
};

void Print(const Line& line, Cost before) {
  std::printf("%s\t%.2f\t%lld\t%lld\t%zu\t%.6g\t%.6f\t%s\t%lld\t%.2f\t%s\n", line.algorithm.c_str(), line.share,
              static_cast<long long>(line.budget), static_cast<long long>(line.bytes), line.indexes, line.objective,
              line.objective / before,
              line.bound ? absl::StrCat((line.objective - *line.bound) / line.objective).c_str() : "",
              static_cast<long long>(line.calls), line.seconds, line.ended ? "" : "cut");
  std::fflush(stdout);
}

std::uint64_t Fingerprint(const advisor::Run& run, const Snapshot& snapshot) {
  std::uint64_t hash = 1469598103934665603U;  // FNV-1a
  const auto mix = [&](const std::string& text) {
    for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211U;
  };
  for (const advisor::PlannedStatement& statement : run.statements) {
    mix(run.workload.templates[statement.template_index].id);
  }
  for (const catalog::Candidate& candidate : run.problem.candidates) mix(catalog::Describe(candidate.def, snapshot));
  for (const Bytes size : run.problem.sizes) mix(absl::StrCat(size));
  return hash;
}

bool IsTwoColumnBtree(const IndexDef& def) {
  const auto is_column = [](const IndexKey& key) { return key.column > 0; };
  return def.method == "btree" && def.keys.size() <= 2 && def.include.empty() && def.predicate.empty() &&
         std::ranges::all_of(def.keys, is_column);
}

void KeepTwoColumns(select::Problem& problem) {
  for (select::Statement& statement : problem.statements) {
    std::vector<CandidateId> kept;
    for (const CandidateId id : statement.relevant) {
      if (IsTwoColumnBtree(problem.candidates[id.value].def)) kept.push_back(id);
    }
    statement.relevant = whatif::IndexSet(std::move(kept));
  }
}

absl::StatusOr<select::Selection> Solve(const select::Problem& problem, whatif::CostOracle& oracle,
                                        const select::Constraints& constraints, Line& line) {
  const Clock clock;
  PGASSAY_ASSIGN_OR_RETURN(select::Selection selection, select::Select(problem, constraints, oracle));
  line.seconds = clock.seconds();
  line.calls = selection.planner_calls;
  return selection;
}

absl::Status CompareReferences(const select::Problem& problem, const select::Constraints& constraints,
                               whatif::CostOracle& oracle, const Arguments& arguments, double share, Bytes budget,
                               Cost before) {
  using Algorithm = absl::StatusOr<ReferenceResult> (Reference::*)(Bytes);
  const std::pair<const char*, Algorithm> algorithms[] = {{"single", &Reference::Single},
                                                          {"autoadmin", &Reference::AutoAdmin},
                                                          {"extend", &Reference::Extend},
                                                          {"brute", &Reference::BruteForce}};
  for (const auto& [name, algorithm] : algorithms) {
    const Clock clock;
    Reference reference(problem, constraints, oracle, arguments.most_calls);
    PGASSAY_RETURN_IF_ERROR(reference.Start());
    const absl::StatusOr<ReferenceResult> result = (reference.*algorithm)(budget);
    if (absl::IsOutOfRange(result.status())) continue;
    PGASSAY_RETURN_IF_ERROR(result.status());
    Print({.algorithm = name,
           .share = share,
           .budget = budget,
           .bytes = result->bytes,
           .indexes = result->chosen.size(),
           .objective = result->objective,
           .bound = std::nullopt,
           .calls = result->planner_calls,
           .seconds = clock.seconds(),
           .ended = result->ended},
          before);
  }
  return absl::OkStatus();
}

absl::Status Measure(const Arguments& arguments) {
  PGASSAY_ASSIGN_OR_RETURN(AssayFile file, AssayFile::Open(arguments.capture));
  PGASSAY_ASSIGN_OR_RETURN(const Snapshot snapshot, file.Read());
  PGASSAY_ASSIGN_OR_RETURN(Workload workload, ReadSqlWorkload(arguments.workload, snapshot));
  AdviseOptions options;
  options.twin.planner_dir = arguments.planner;
  options.twin.work_dir = arguments.work;
  options.twin.cache_dir = arguments.cache;
  if (arguments.two_columns) options.max_width = 2;
  PGASSAY_ASSIGN_OR_RETURN(advisor::Run run, advisor::PrepareRun(snapshot, std::move(workload), options));
  if (arguments.two_columns) KeepTwoColumns(run.problem);
  RecordedOracle oracle(*run.twin);
  if (!arguments.record.empty()) {
    PGASSAY_RETURN_IF_ERROR(oracle.Open(arguments.record, Fingerprint(run, snapshot)));
  }
  std::fprintf(stderr, "%zu statements, %zu candidates\n", run.problem.statements.size(),
               run.problem.candidates.size());

  select::Constraints constraints{.gap = arguments.gap, .frontier = true};
  Line whole{.algorithm = "frontier"};
  PGASSAY_ASSIGN_OR_RETURN(const select::Selection selection, Solve(run.problem, oracle, constraints, whole));
  Cost before = 0;
  for (std::size_t i = 0; i < run.problem.statements.size(); ++i) {
    if (selection.cost_before[i] >= 0) before += run.problem.statements[i].weight * selection.cost_before[i];
  }
  std::fprintf(stderr, "frontier: %lld calls, %.1f s, violation %.3g, %zu failures\n",
               static_cast<long long>(whole.calls), whole.seconds, selection.violation, selection.failures.size());
  const double all = static_cast<double>(selection.frontier.empty() ? 0 : selection.frontier.back().bytes);
  for (const select::Selection::Point& point : selection.frontier) {
    whole.share = static_cast<double>(point.budget) / std::max(1.0, all);
    whole.budget = point.budget;
    whole.bytes = point.bytes;
    whole.indexes = point.chosen.size();
    whole.objective = point.cost + point.price;
    whole.bound = point.lower_bound;
    Print(whole, before);
  }
  constraints.frontier = false;
  for (const double share : kShares) {
    constraints.budget_bytes = static_cast<Bytes>(share * all);
    if (arguments.singles) {
      Line line{.algorithm = "alone", .share = share, .budget = *constraints.budget_bytes};
      PGASSAY_ASSIGN_OR_RETURN(const select::Selection alone, Solve(run.problem, oracle, constraints, line));
      line.indexes = alone.chosen.size();
      line.objective = alone.price;
      for (const CandidateId id : alone.chosen) line.bytes += run.problem.sizes[id.value];
      for (std::size_t i = 0; i < run.problem.statements.size(); ++i) {
        if (alone.cost_after[i] >= 0) line.objective += run.problem.statements[i].weight * alone.cost_after[i];
      }
      line.bound = alone.lower_bound;
      Print(line, before);
    }
    if (!arguments.references) continue;
    PGASSAY_RETURN_IF_ERROR(
        CompareReferences(run.problem, constraints, oracle, arguments, share, *constraints.budget_bytes, before));
  }
  std::fprintf(stderr, "%lld questions were new to the record\n", static_cast<long long>(oracle.asked()));
  return absl::OkStatus();
}

}  // namespace
}  // namespace pgassay::bench

int main(int argc, char** argv) {
  pgassay::bench::Arguments arguments;
  CLI::App app("Selection and reference algorithms on one captured workload");
  app.add_option("capture", arguments.capture, "assay file")->required();
  app.add_option("workload", arguments.workload, "files or directories of SQL")->required();
  app.add_option("--planner", arguments.planner, "directory with the planner extensions")->required();
  app.add_option("--work", arguments.work, "where the twin's directory is made");
  app.add_option("--cache", arguments.cache, "where cluster templates are kept");
  app.add_option("--record", arguments.record, "file that keeps the planner's answers for the next run");
  app.add_option("--gap", arguments.gap, "where the proof ends");
  app.add_option("--most-calls", arguments.most_calls, "of one reference algorithm");
  app.add_flag("--references", arguments.references, "run the reference algorithms");
  app.add_flag("--alone", arguments.singles, "solve every budget by itself too");
  app.add_flag("--two-columns", arguments.two_columns, "only plain B-trees of up to two columns");
  CLI11_PARSE(app, argc, argv);
  if (const absl::Status status = pgassay::bench::Measure(arguments); !status.ok()) {
    std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
    return 1;
  }
  return 0;
}
