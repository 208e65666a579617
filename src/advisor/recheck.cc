#include "advisor/recheck.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "evidence/plan_reading.h"
#include "twin/twin.h"

namespace pgassay::advisor {
namespace {

// A twin takes about a second to start.
constexpr std::size_t kMostTried = 5;
// Nearer by less than this is chance.
constexpr double kNearer = 2;

double Missed(double expected, double actual) {
  return std::max({expected, actual, 1.0}) / std::max(std::min(expected, actual), 1.0);
}

// A number that no object of the source has: the last one there is.
constexpr Oid kNewObject{4294967295U};

// "app.place_stats" of CREATE STATISTICS app.place_stats (...) ON ...: the proposal's own name, in the table's schema.
QualifiedName NameIn(const std::string& create, const Relation& table) {
  constexpr std::string_view kBefore = "CREATE STATISTICS ";
  std::string name = create.substr(kBefore.size());
  const std::string schema = QuoteIdentifier(table.name.schema) + ".";
  if (absl::StartsWith(name, schema)) name = name.substr(schema.size());
  if (name.starts_with('"')) {
    std::string plain;
    for (std::size_t i = 1; i < name.size(); ++i) {
      if (name[i] == '"' && (i + 1 == name.size() || name[i + 1] != '"')) break;
      if (name[i] == '"') ++i;
      plain += name[i];
    }
    return {table.name.schema, plain};
  }
  return {table.name.schema, name.substr(0, name.find(' '))};
}

// The snapshot as it would be captured with the statistics in place; none: their table is not there.
std::optional<Snapshot> Corrected(const Snapshot& snapshot, const evidence::Correction& correction) {
  const Relation* const table = snapshot.FindRelation(correction.relation);
  if (table == nullptr) return std::nullopt;
  Snapshot corrected = snapshot;
  if (correction.extended) {
    absl::StrAppend(&corrected.schema_sql, "\n", correction.create, ";\n");
    ExtendedStatistics added = *correction.extended;
    added.oid = kNewObject;
    added.name = NameIn(correction.create, *table);
    added.relation = table->oid;
    corrected.extended.push_back(std::move(added));
    return corrected;
  }
  const auto statistics = std::ranges::find_if(corrected.statistics, [&](const ColumnStatistics& of) {
    return of.relation == correction.relation && of.column == correction.column && !of.inherited;
  });
  if (statistics == corrected.statistics.end()) return std::nullopt;
  statistics->distinct = correction.distinct;
  return corrected;
}

absl::StatusOr<double> RowsWith(const Snapshot& corrected, const evidence::Correction& correction,
                                const TwinOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(const std::unique_ptr<twin::Twin> twin, twin::Twin::Start(corrected, options));
  const twin::PlannedText probe = {.sql = correction.probe, .user = {}, .search_path = correction.search_path};
  PGASSAY_ASSIGN_OR_RETURN(const auto prepared, twin->Prepare({&probe, 1}));
  if (!prepared.front().ok()) return prepared.front().status();
  PGASSAY_ASSIGN_OR_RETURN(
      const std::string plan,
      twin->ExplainJson({.statement = StatementId{0}, .enabled = {}, .hidden = {}, .charges = {}, .pages = false}));
  const std::optional<double> rows = evidence::PlannedRows(plan);
  if (!rows) return absl::InternalError("EXPLAIN told no rows");
  return *rows;
}

void Judge(const evidence::Correction& correction, double rows, EvidenceFinding& finding) {
  finding.replanned_rows = rows;
  const double before = Missed(correction.estimated_rows, correction.actual_rows);
  const double after = Missed(rows, correction.actual_rows);
  const std::string expects =
      absl::StrCat(" On a twin with ", correction.extended ? "these statistics, computed from " : "that number, from ",
                   FormatNumber(correction.looked_at), " rows, the planner expects ", FormatNumber(rows), " rows");
  if (after * kNearer > before) {
    absl::StrAppend(&finding.checked, expects, ", which is no nearer, so they are not proposed.");
    finding.ddl.clear();
    finding.undo.clear();
    finding.kind = "unexplained-estimate";
    finding.id = HexDigits(StableHash(absl::StrCat(finding.kind, " ", finding.subject)), 12);
    return;
  }
  absl::StrAppend(&finding.checked, expects, ": ",
                  after < static_cast<double>(kMisestimate)
                      ? "that mends it."
                      : absl::StrCat("nearer, and still missed by ", FormatNumber(after, 2), " times."));
}

}  // namespace

absl::Status TryCorrections(const Snapshot& snapshot, const std::vector<evidence::Correction>& corrections,
                            const TwinOptions& options, Evidence& evidence) {
  std::size_t tried = 0;
  for (const evidence::Correction& correction : corrections) {
    const auto finding = std::ranges::find(evidence.findings, correction.finding, &EvidenceFinding::id);
    if (finding == evidence.findings.end() || finding->replanned_rows || correction.probe.empty()) continue;
    const std::optional<Snapshot> corrected = Corrected(snapshot, correction);
    if (!corrected) continue;
    if (tried++ == kMostTried) {
      absl::StrAppend(&finding->checked, " Not tried on a twin: only the first ", kMostTried, " findings are.");
      continue;
    }
    if (options.progress) options.progress("trying proposed statistics");
    const absl::StatusOr<double> rows = RowsWith(*corrected, correction, options);
    if (absl::IsCancelled(rows.status())) return rows.status();
    if (rows.ok()) {
      Judge(correction, *rows, *finding);
    } else {
      absl::StrAppend(&finding->checked, " Not tried on a twin: ", rows.status().message(), ".");
    }
  }
  return absl::OkStatus();
}

}  // namespace pgassay::advisor
