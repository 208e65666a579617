// PlanRewrites: what a loop costs, and what the one statement in its place does.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "advisor/statement_list.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "pgassay/advisor.h"
#include "sql/batch_rewrite.h"
#include "sql/plannable.h"
#include "twin/twin.h"
#include "workload/bindings.h"

namespace pgassay {
namespace {

// The most time wasted comes first, and nobody reads further.
constexpr std::size_t kMostFindings = 200;
// Values in an array; a loop of more calls is planned as one of so many.
constexpr std::int64_t kMostCalls = 1000;

// A finding on its way through the twin.
struct Loop {
  Finding* finding = nullptr;
  std::string child;  // with $n, as PostgreSQL understands it
  std::vector<sql::ForcedValue> forced;
  std::vector<workload::ValueSet> sets;
  std::vector<std::int64_t> calls;  // of the loop, by set
  std::size_t first_text = 0;       // of the sets' calls, behind which the rewrite's is
};

class RewritePlanner {
 public:
  RewritePlanner(const Snapshot& snapshot, twin::Twin& twin) : snapshot_(snapshot), twin_(twin) {}

  absl::Status Run(LoopReport& report) {
    Choose(report);
    PGASSAY_RETURN_IF_ERROR(Analyse());
    return Plan();
  }

 private:
  void Choose(LoopReport& report) {
    for (Finding& finding : report.findings) {
      const bool here = finding.database.empty() || finding.database == snapshot_.database;
      if (finding.rewrite.sql.empty() || !here || loops_.size() == kMostFindings) continue;
      absl::StatusOr<sql::ParsableText> parsable = sql::MakeParsable(finding.child);
      if (!parsable.ok()) continue;
      loops_.push_back(
          {.finding = &finding, .child = std::move(parsable->text), .forced = std::move(parsable->forced)});
    }
  }

  // Types and values.
  absl::Status Analyse() {
    std::vector<twin::PlannedText> texts;
    for (const Loop& loop : loops_) texts.push_back({.sql = loop.child, .user = loop.finding->user, .search_path = ""});
    PGASSAY_ASSIGN_OR_RETURN(const auto answers, twin_.Parameters(texts));
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      if (!answers[i].ok()) {
        Refuse(loops_[i], "the statement that repeats", answers[i].status());
      } else if (const absl::Status bound = Bind(loops_[i], *answers[i]); !bound.ok()) {
        Refuse(loops_[i], "the rewrite", bound);
      }
    }
    return absl::OkStatus();
  }

  void Refuse(const Loop& loop, std::string_view what, const absl::Status& status) const {
    const Template of{.sql = loop.finding->child, .user = loop.finding->user};
    loop.finding->rewrite.refused = absl::StrCat(ToAbsl(what), ": ", advisor::ReasonText(status, of, twin_.missing()));
  }

  // The texts to plan: the loop's calls, by set of values, and the rewrite with all their values.
  absl::Status Bind(Loop& loop, const catalog::Parameters& parameters) {
    BatchRewrite& rewrite = loop.finding->rewrite;
    std::vector<std::string> types;
    for (const catalog::Parameter& parameter : parameters) {
      types.resize(std::max(types.size(), static_cast<std::size_t>(parameter.number)));
      types[static_cast<std::size_t>(parameter.number) - 1] = parameter.type;
    }
    std::vector<int> arrays;
    if (loop.finding->kind != "check-then-insert") {
      PGASSAY_ASSIGN_OR_RETURN(sql::BatchText typed, sql::BatchOf(loop.finding->child, types));
      rewrite.sql = std::move(typed.sql);
      rewrite.note = std::move(typed.note);
      arrays = std::move(typed.arrays);
    }
    loop.sets = workload::ChooseValues(parameters, loop.forced, snapshot_);
    const bool one_call = arrays.empty();
    const std::int64_t calls = one_call ? 1 : std::clamp<std::int64_t>(loop.finding->median_calls, 1, kMostCalls);
    loop.calls.assign(loop.sets.size(), 0);
    std::vector<std::size_t> set_of_call;
    for (std::int64_t i = 0; i < calls; ++i) {
      set_of_call.push_back(SetAt(loop.sets, (static_cast<double>(i) + 0.5) / static_cast<double>(calls)));
      ++loop.calls[set_of_call.back()];
    }
    std::vector<twin::PlannedText> texts;
    const auto add = [&](std::string sql) {
      texts.push_back({.sql = std::move(sql), .user = loop.finding->user, .search_path = ""});
    };
    for (const workload::ValueSet& set : loop.sets) {
      PGASSAY_ASSIGN_OR_RETURN(std::string call, sql::Substitute(loop.child, set.literals));
      add(std::move(call));
    }
    std::vector<std::optional<std::string>> literals = loop.sets.front().literals;
    for (const int number : arrays) {
      const auto at = static_cast<std::size_t>(number) - 1;
      if (at >= literals.size() || !literals[at]) return absl::InvalidArgumentError("a key has no value");
      literals[at] = absl::StrCat("ARRAY[",
                                  absl::StrJoin(set_of_call, ", ",
                                                [&](std::string* out, std::size_t set) {
                                                  absl::StrAppend(out, loop.sets[set].literals[at].value_or("NULL"));
                                                }),
                                  "]::", types[at], "[]");
    }
    PGASSAY_ASSIGN_OR_RETURN(const sql::ParsableText parsable, sql::MakeParsable(rewrite.sql));
    PGASSAY_ASSIGN_OR_RETURN(std::string batch, sql::Substitute(parsable.text, literals));
    add(std::move(batch));
    loop.first_text = texts_.size();
    texts_.insert(texts_.end(), std::make_move_iterator(texts.begin()), std::make_move_iterator(texts.end()));
    planned_.push_back(&loop);
    return absl::OkStatus();
  }

  // The set that the call at `share` of the loop has: each has its part of them.
  static std::size_t SetAt(const std::vector<workload::ValueSet>& sets, double share) {
    double sum = 0;
    for (std::size_t i = 0; i < sets.size(); ++i) {
      sum += sets[i].share;
      if (share < sum) return i;
    }
    return sets.size() - 1;
  }

  absl::Status Plan() {
    PGASSAY_ASSIGN_OR_RETURN(const auto views, twin_.Prepare(texts_));
    std::vector<whatif::PlanQuestion> questions;
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      questions.push_back({.statement = StatementId{static_cast<std::uint32_t>(i)}, .enabled = {}, .hidden = {}});
    }
    PGASSAY_ASSIGN_OR_RETURN(const auto plans, twin_.Plan(questions));
    const auto status_of = [&](std::size_t text) {
      return views[text].ok() ? plans[text].status() : views[text].status();
    };
    for (Loop* const loop : planned_) {
      RewriteCost cost;
      absl::Status refused;
      for (std::size_t i = 0; i < loop->sets.size() && refused.ok(); ++i) {
        refused = status_of(loop->first_text + i);
        if (!refused.ok()) break;
        cost.calls += loop->calls[i];
        cost.before += static_cast<double>(loop->calls[i]) * plans[loop->first_text + i]->net();
      }
      if (!refused.ok()) {
        Refuse(*loop, "the statement that repeats", refused);
        continue;
      }
      const std::size_t batch = loop->first_text + loop->sets.size();
      if (refused = status_of(batch); !refused.ok()) {
        Refuse(*loop, "the rewrite", refused);
        continue;
      }
      cost.after = plans[batch]->net();
      loop->finding->rewrite.cost = cost;
    }
    return absl::OkStatus();
  }

  const Snapshot& snapshot_;
  twin::Twin& twin_;
  std::vector<Loop> loops_;
  std::vector<Loop*> planned_;
  std::vector<twin::PlannedText> texts_;
};

}  // namespace

absl::Status PlanRewrites(LoopReport& report, const Snapshot& snapshot, const TwinOptions& options) {
  const bool any = std::ranges::any_of(report.findings, [](const Finding& of) { return !of.rewrite.sql.empty(); });
  if (!any) return absl::OkStatus();
  PGASSAY_ASSIGN_OR_RETURN(const std::unique_ptr<twin::Twin> twin, twin::Twin::Start(snapshot, options));
  return RewritePlanner(snapshot, *twin).Run(report);
}

}  // namespace pgassay
