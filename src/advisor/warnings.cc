#include "advisor/warnings.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "absl/strings/str_cat.h"
#include "advice/reason_codes.h"
#include "advisor/why.h"
#include "base/text.h"
#include "catalog/index_identity.h"

namespace pgassay::advisor {
namespace {

// What pg_stat_statements did not show, where that is more than nothing: advice cannot rest on it.
void WarnOfUnseen(const Workload& workload, const Snapshot& snapshot, std::vector<std::string>& warnings) {
  const StatementSource& source = snapshot.statement_source;
  const bool observed =
      std::ranges::any_of(workload.templates, [](const Template& of) { return of.observed.has_value(); });
  if (!observed) return;
  if (source.evictions > 0) {
    warnings.push_back(absl::StrCat(
        "pg_stat_statements dropped its least used statements ", source.evictions,
        " times: what runs rarely is missing or counts too little, and every share is of what is left; raise "
        "pg_stat_statements.max (now ",
        source.max_statements, ") and restart the server"));
  }
  std::int64_t hidden = 0;
  std::int64_t lost = 0;
  for (const StatementGroup& group : workload.not_kept) {
    if (group.code == reason::kNoPrivilege) hidden += group.statements;
    if (group.code == reason::kTextLost && group.detail.empty()) lost += group.statements;
  }
  if (hidden > 0) {
    warnings.push_back(absl::StrCat("the texts of ", hidden,
                                    " statements of other users were hidden from the capturing role, so nothing is "
                                    "advised for them; GRANT pg_read_all_stats to it and capture again"));
  }
  if (lost > 0) {
    warnings.push_back(absl::StrCat(
        "the server has lost the texts of ", lost,
        " statements (its file of texts was unreadable or grew too large), so nothing is advised for them; SELECT "
        "pg_stat_statements_reset() starts the file anew"));
  }
}

// What the twin does not know about foreign tables that statements read.
void WarnOfForeignTables(const std::set<Oid>& tables, const Snapshot& snapshot, std::vector<std::string>& warnings) {
  std::string names;
  std::size_t count = 0;
  for (const Oid table : tables) {
    const Relation* const relation = snapshot.FindRelation(table);
    if (relation == nullptr || relation->kind != 'f') continue;
    constexpr std::size_t kShown = 3;
    if (++count <= kShown)
      absl::StrAppend(&names, count == 1 ? "" : ", ", Printable(catalog::QuotedName(relation->name)));
  }
  if (count == 0) return;
  warnings.push_back(absl::StrCat(
      "statements read ", count == 1 ? "the foreign table " : absl::StrCat(count, " foreign tables, among them "),
      names,
      ": what that costs is estimated as postgres_fdw and file_fdw do locally, by pg_class and pg_statistic. Joins, "
      "aggregates and LIMIT that the other server would do are not known, nor what use_remote_estimate would ask it, "
      "so "
      "these statements may cost less on the source; run ANALYZE on foreign tables to have their sizes"));
}

// Why costs of 1e10 are not what they seem.
void WarnOfPenalties(const Run& run, std::vector<std::string>& warnings) {
  std::set<std::string> templates;
  std::set<std::string> users;
  for (std::size_t i = 0; i < run.statements.size(); ++i) {
    if (run.selection.penalty_before[i] == 0 && run.selection.penalty_after[i] == 0) continue;
    const Template& of = run.workload.templates[run.statements[i].template_index];
    templates.insert(of.id);
    if (!of.user.empty()) users.insert(Printable(of.user));
  }
  if (templates.empty()) return;
  std::string who;
  for (const std::string& user : users) absl::StrAppend(&who, who.empty() ? " of " : ", ", user);
  const bool one = templates.size() == 1;
  warnings.push_back(absl::StrCat(
      one ? "1 template" : absl::StrCat(templates.size(), " templates"), who, one ? " has a plan" : " have plans",
      " with a step that a setting discourages, such as enable_seqscan = off of the role or the database: PostgreSQL "
      "adds 1e10 to its cost for each. The costs of these templates are shown with that penalty, as EXPLAIN prints "
      "them; totals, shares, gains and the choice of indexes leave it out. An index that the step can do without is "
      "advised by what it saves; the setting itself may do harm where no index fits"));
}

}  // namespace

std::vector<std::string> AdviceWarnings(const Run& run, const Snapshot& snapshot) {
  std::vector<std::string> warnings = run.twin->warnings();
  if (!snapshot.with_values) {
    warnings.push_back(
        "the capture was made with --no-values: without common values and histograms the planner guesses, and gains "
        "may be far off; capture again without it for advice to rely on");
  }
  WarnOfUnseen(run.workload, snapshot, warnings);
  WarnOfPenalties(run, warnings);
  std::set<Oid> tables;
  for (const PlannedStatement& statement : run.statements) {
    for (const catalog::IndexRequest& request : statement.requests) tables.insert(request.table);
  }
  WarnOfForeignTables(tables, snapshot, warnings);
  for (const Oid table : tables) {
    const std::vector<std::string> doubts = StatisticsDoubts(table, snapshot);
    warnings.insert(warnings.end(), doubts.begin(), doubts.end());
  }
  for (const CaptureGap& gap : snapshot.gaps) {
    warnings.push_back(absl::StrCat(Printable(gap.subject), ": ", Printable(gap.reason)));
  }
  return warnings;
}

}  // namespace pgassay::advisor
