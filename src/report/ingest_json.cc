#include <cstdint>
#include <string>
#include <vector>

#include "report/json_values.h"
#include "report/render.h"

namespace pgassay::report {
namespace {

Json LogJson(const IngestedLog& log) {
  Json json{{"name", log.file.name},
            {"error", log.status.ok() ? Json(nullptr) : Json(std::string(log.status.message()))},
            {"format", log.file.format},
            {"added_bytes", log.added_bytes},
            {"bytes", log.file.bytes},
            {"unfinished_bytes", log.unfinished_bytes},
            {"entries", log.file.entries},
            {"continuation_lines", log.file.continuation_lines},
            {"empty_lines", log.file.empty_lines},
            {"format_changes", log.format_changes},
            {"lone_durations", log.lone_durations},
            {"known_before", log.replaces.has_value()},
            {"lacks_entries", log.lacks_entries}};
  json["filtered"] = Json::object();
  for (const auto& [slug, entries] : log.filtered) json["filtered"][slug] = entries;
  json["unknown_lines"] = Json::object();
  for (const auto& [slug, lines] : log.file.unknown_lines) json["unknown_lines"][slug] = lines;
  json["unknown_samples"] = Json::object();
  for (const auto& [slug, samples] : log.unknown_samples) {
    for (const std::string& sample : samples) json["unknown_samples"][slug].push_back(sample);
  }
  return json;
}

}  // namespace

std::string IngestJson(const std::vector<IngestedLog>& logs, const LogWorkload& known,
                       const std::vector<std::string>& notes) {
  Json read = Json::array();
  Json filtered = Json::object();
  for (const IngestedLog& log : logs) {
    read.push_back(LogJson(log));
    for (const auto& [slug, entries] : log.filtered) filtered[slug] = filtered.value(slug, std::uint64_t{0}) + entries;
  }
  std::int64_t calls = 0;
  std::int64_t failed = 0;
  double total_us = 0;
  for (const LogTemplate& of : known.templates) {
    calls += of.counters.calls;
    failed += of.counters.failed;
    total_us += static_cast<double>(of.counters.total_us);
  }
  Json not_kept = Json::array();
  for (const LogGroup& group : known.not_kept)
    not_kept.push_back({{"code", group.code}, {"detail", group.detail}, {"calls", group.calls}});
  Json events = Json::object();
  for (const auto& [kind, entries] : known.events) events[kind] = entries;
  return Serialized(Json{{"schema_version", kJsonSchemaVersion},
                         {"logs", std::move(read)},
                         {"filtered", std::move(filtered)},
                         {"known", Json{{"logs", known.files.size()},
                                        {"templates", known.templates.size()},
                                        {"calls", calls},
                                        {"total_ms", MillisecondsJson(total_us / 1000)},
                                        {"failed", failed},
                                        {"not_kept", std::move(not_kept)},
                                        {"events", std::move(events)}}},
                         {"notes", notes}});
}

}  // namespace pgassay::report
