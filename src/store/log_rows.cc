#include "store/log_rows.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "base/text.h"
#include "store/check_logs.h"
#include "store/insert_rows.h"
#include "store/log_fields.h"
#include "store/loop_rows.h"
#include "store/read_rows.h"
#include "store/schema.h"

namespace pgassay::store {
namespace {

absl::Status WriteFiles(const Database& database, const std::vector<LogFile>& files) {
  PGASSAY_ASSIGN_OR_RETURN(auto rows, Inserter<LogFileRow>::Make(database, kNoCapture));
  PGASSAY_ASSIGN_OR_RETURN(auto unknown, Inserter<UnknownLinesRow>::Make(database, kNoCapture));
  int number = 0;
  for (const LogFile& file : files) {
    PGASSAY_RETURN_IF_ERROR(rows.Insert({++number, file}));
    for (const auto& [slug, lines] : file.unknown_lines) PGASSAY_RETURN_IF_ERROR(unknown.Insert({number, slug, lines}));
  }
  return absl::OkStatus();
}

bool HasPlans(const LogCounters& counters) {
  return counters.analyzed_plans != 0 || counters.plan_rows != 0 || counters.misestimated != 0 ||
         counters.worst_misestimate != 0;
}

bool HasWal(const LogCounters& counters) {
  return counters.wal_plans != 0 || counters.wal_records != 0 || counters.wal_full_page_images != 0 ||
         counters.wal_bytes != 0;
}

// The inserters of the tables that hold a template.
struct TemplateWriter {
  Inserter<LogTemplateRow> rows;
  Inserter<LogPlanRow> plans;
  Inserter<LogWalRow> wal;
  Inserter<LogHourRow> hours;
  Inserter<LogSampleRow> samples;
  Inserter<QueryIdRow> query_ids;
  Inserter<LogTagRow> tags;

  absl::Status WriteSamples(int number, bool slowest, const std::vector<LogSample>& from) {
    int position = 0;
    for (const LogSample& sample : from) PGASSAY_RETURN_IF_ERROR(samples.Insert({number, slowest, ++position, sample}));
    return absl::OkStatus();
  }

  absl::Status Write(int number, const LogTemplate& from) {
    PGASSAY_RETURN_IF_ERROR(rows.Insert({.number = number,
                                         .database = from.database,
                                         .user = from.user,
                                         .fingerprint = from.fingerprint,
                                         .sql = from.sql,
                                         .counters = from.counters,
                                         .latency = from.latency}));
    if (HasPlans(from.counters)) PGASSAY_RETURN_IF_ERROR(plans.Insert({number, from.counters}));
    if (HasWal(from.counters)) PGASSAY_RETURN_IF_ERROR(wal.Insert({number, from.counters}));
    for (const auto& [hour, counts] : from.hours) PGASSAY_RETURN_IF_ERROR(hours.Insert({number, hour, counts}));
    PGASSAY_RETURN_IF_ERROR(WriteSamples(number, false, from.samples));
    PGASSAY_RETURN_IF_ERROR(WriteSamples(number, true, from.slowest));
    for (const std::int64_t id : from.query_ids) PGASSAY_RETURN_IF_ERROR(query_ids.Insert({number, id}));
    for (const std::string& tag : from.tags) PGASSAY_RETURN_IF_ERROR(tags.Insert({number, tag}));
    return absl::OkStatus();
  }
};

absl::Status WriteTemplates(const Database& database, const std::vector<LogTemplate>& templates) {
  PGASSAY_ASSIGN_OR_RETURN(auto rows, Inserter<LogTemplateRow>::Make(database, kNoCapture));
  PGASSAY_ASSIGN_OR_RETURN(auto plans, Inserter<LogPlanRow>::Make(database, kNoCapture));
  PGASSAY_ASSIGN_OR_RETURN(auto wal, Inserter<LogWalRow>::Make(database, kNoCapture));
  PGASSAY_ASSIGN_OR_RETURN(auto hours, Inserter<LogHourRow>::Make(database, kNoCapture));
  PGASSAY_ASSIGN_OR_RETURN(auto samples, Inserter<LogSampleRow>::Make(database, kNoCapture));
  PGASSAY_ASSIGN_OR_RETURN(auto query_ids, Inserter<QueryIdRow>::Make(database, kNoCapture));
  PGASSAY_ASSIGN_OR_RETURN(auto tags, Inserter<LogTagRow>::Make(database, kNoCapture));
  TemplateWriter writer{std::move(rows), std::move(plans), std::move(wal), std::move(hours), std::move(samples), std::move(query_ids), std::move(tags)};
  int number = 0;
  for (const LogTemplate& from : templates) PGASSAY_RETURN_IF_ERROR(writer.Write(++number, from));
  return absl::OkStatus();
}

// The element with a number from 1; nullptr where there is none.
template <typename Element>
Element* Numbered(std::vector<Element>& elements, int number) {
  const auto at = static_cast<std::size_t>(number) - 1;
  return number >= 1 && at < elements.size() ? &elements[at] : nullptr;
}

absl::Status ReadFiles(const Database& database, std::vector<LogFile>& files) {
  PGASSAY_RETURN_IF_ERROR(ReadRows<LogFileRow>(
      database, kNoCapture, [&](LogFileRow&& row) { return AppendAt(files, row.number, std::move(row.value)); }));
  return ReadRows<UnknownLinesRow>(database, kNoCapture, [&](UnknownLinesRow&& row) {
    LogFile* file = Numbered(files, row.file);
    return file != nullptr && file->unknown_lines.emplace(std::move(row.slug), row.lines).second;
  });
}

absl::Status ReadTemplates(const Database& database, std::vector<LogTemplate>& templates) {
  PGASSAY_RETURN_IF_ERROR(ReadRows<LogTemplateRow>(database, kNoCapture, [&](LogTemplateRow&& row) {
    return AppendAt(templates, row.number,
                    LogTemplate{.database = std::move(row.database),
                                .user = std::move(row.user),
                                .fingerprint = std::move(row.fingerprint),
                                .sql = std::move(row.sql),
                                .counters = row.counters,
                                .latency = std::move(row.latency)});
  }));
  PGASSAY_RETURN_IF_ERROR(ReadRows<LogHourRow>(database, kNoCapture, [&](LogHourRow&& row) {
    LogTemplate* to = Numbered(templates, row.of);
    return to != nullptr && to->hours.emplace(row.hour, row.value).second;
  }));
  PGASSAY_RETURN_IF_ERROR(ReadRows<LogSampleRow>(database, kNoCapture, [&](LogSampleRow&& row) {
    LogTemplate* to = Numbered(templates, row.of);
    return to != nullptr && AppendAt(row.slowest ? to->slowest : to->samples, row.position, std::move(row.value));
  }));
  PGASSAY_RETURN_IF_ERROR(ReadRows<QueryIdRow>(database, kNoCapture, [&](QueryIdRow&& row) {
    LogTemplate* to = Numbered(templates, row.of);
    if (to != nullptr) to->query_ids.push_back(row.query_id);
    return to != nullptr;
  }));
  return ReadRows<LogTagRow>(database, kNoCapture, [&](LogTagRow&& row) {
    LogTemplate* to = Numbered(templates, row.of);
    if (to != nullptr) to->tags.push_back(std::move(row.tag));
    return to != nullptr;
  });
}

absl::Status ReadPlans(const Database& database, std::vector<LogTemplate>& templates) {
  return ReadRows<LogPlanRow>(database, kNoCapture, [&](LogPlanRow&& row) {
    LogTemplate* to = Numbered(templates, row.of);
    if (to == nullptr) return false;
    to->counters.analyzed_plans = row.value.analyzed_plans;
    to->counters.plan_rows = row.value.plan_rows;
    to->counters.misestimated = row.value.misestimated;
    to->counters.worst_misestimate = row.value.worst_misestimate;
    return true;
  });
}

absl::Status ReadWal(const Database& database, std::vector<LogTemplate>& templates) {
  return ReadRows<LogWalRow>(database, kNoCapture, [&](LogWalRow&& row) {
    LogTemplate* to = Numbered(templates, row.of);
    if (to == nullptr) return false;
    to->counters.wal_plans = row.value.wal_plans;
    to->counters.wal_records = row.value.wal_records;
    to->counters.wal_full_page_images = row.value.wal_full_page_images;
    to->counters.wal_bytes = row.value.wal_bytes;
    return true;
  });
}

}  // namespace

absl::Status WriteLogs(const Database& database, const LogWorkload& logs) {
  const absl::Status removed = RemoveAll<UnknownLinesRow, LogFileRow, LogPlanRow, LogWalRow, LogHourRow, LogSampleRow, QueryIdRow, LogTagRow,
                                         LogTemplateRow, LogGroup, LogEventRow>(database);
  PGASSAY_RETURN_IF_ERROR(removed);
  PGASSAY_RETURN_IF_ERROR(WriteFiles(database, logs.files));
  PGASSAY_RETURN_IF_ERROR(WriteTemplates(database, logs.templates));
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, kNoCapture, logs.not_kept));
  PGASSAY_ASSIGN_OR_RETURN(auto events, Inserter<LogEventRow>::Make(database, kNoCapture));
  for (const auto& [kind, entries] : logs.events) PGASSAY_RETURN_IF_ERROR(events.Insert({kind, entries}));
  return WriteLoops(database, logs.loops);
}

absl::StatusOr<LogWorkload> ReadLogs(const Database& database, std::int64_t version) {
  LogWorkload logs;
  if (version < kFirstSchemaVersionOfLogs) return logs;
  PGASSAY_RETURN_IF_ERROR(ReadFiles(database, logs.files));
  PGASSAY_RETURN_IF_ERROR(ReadTemplates(database, logs.templates));
  PGASSAY_RETURN_IF_ERROR(ReadAll(database, kNoCapture, logs.not_kept));
  PGASSAY_RETURN_IF_ERROR(ReadRows<LogEventRow>(database, kNoCapture, [&](LogEventRow&& row) {
    return logs.events.emplace(std::move(row.kind), row.entries).second;
  }));
  if (version >= kFirstSchemaVersionOfLoops) {
    PGASSAY_RETURN_IF_ERROR(ReadPlans(database, logs.templates));
    PGASSAY_RETURN_IF_ERROR(ReadLoops(database, logs.loops));
  }
  if (version >= kFirstSchemaVersionOfOpenSessions) {
    PGASSAY_RETURN_IF_ERROR(ReadWal(database, logs.templates));
    PGASSAY_RETURN_IF_ERROR(ReadOpenSessions(database, logs.loops));
  }
  const absl::Status checked = CheckLogs(logs);
  if (!checked.ok()) return database.Damaged(FromAbsl(checked.message()));
  return logs;
}

}  // namespace pgassay::store
