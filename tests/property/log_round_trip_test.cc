// What logs say comes out of an assay file as it went in, and two files that share it merge to the whole.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/file.h"
#include "gtest/gtest.h"
#include "pgassay/assay_file.h"
#include "pgassay/log_workload.h"
#include "store/sketch_text.h"
#include "workload/latency_sketch.h"

namespace pgassay {
namespace {

// The store knows the last bucket by itself, so that it need not depend on the parser.
static_assert(workload::SketchBucket(INT64_MAX) + 1 == store::kSketchBuckets);

// Counters that are summed.
constexpr std::int64_t LogCounters::*kSums[] = {
    &LogCounters::calls,       &LogCounters::timed_calls,     &LogCounters::total_us,        &LogCounters::parse_us,
    &LogCounters::bind_us,     &LogCounters::failed,          &LogCounters::cancelled,       &LogCounters::plans,
    &LogCounters::plan_us,     &LogCounters::temporary_files, &LogCounters::temporary_bytes, &LogCounters::lock_waits,
    &LogCounters::lock_wait_us, &LogCounters::analyzed_plans, &LogCounters::plan_rows, &LogCounters::misestimated};

// Makes workloads that keep the promises of pgassay/log_workload.h and nothing else.
class RandomLogs {
 public:
  explicit RandomLogs(unsigned seed) : random_(seed) {}

  LogWorkload Make() {
    LogWorkload logs;
    std::uint64_t identity = random_();
    for (int i = Below(5); i > 0; --i) {
      logs.files.push_back(MakeFile(identity));
      identity += 1 + (random_() >> 4);  // may wrap: sorted below
    }
    std::ranges::sort(logs.files);
    for (int i = Below(8); i > 0; --i) logs.templates.push_back(MakeTemplate());
    std::ranges::sort(logs.templates, [](const LogTemplate& a, const LogTemplate& b) {
      return std::tie(a.database, a.user, a.fingerprint) < std::tie(b.database, b.user, b.fingerprint);
    });
    for (int i = Below(4), n = 0; n < i; ++n) {
      logs.not_kept.push_back({.code = std::to_string(n) + Text(),
                               .detail = Text(),
                               .statements = Count(),
                               .calls = Count(),
                               .total_us = Count()});
    }
    for (int i = Below(5); i > 0; --i) logs.events[Text()] = Count();
    return logs;
  }

  // Deals `logs` out to two workloads: lists by element, counters by parts.
  std::pair<LogWorkload, LogWorkload> Split(const LogWorkload& logs) {
    std::pair<LogWorkload, LogWorkload> parts;
    for (const LogFile& file : logs.files) Either(parts.first.files, parts.second.files).push_back(file);
    for (const LogTemplate& whole : logs.templates) {
      auto [first, second] = Split(whole);
      parts.first.templates.push_back(std::move(first));
      if (Below(3) == 0) {
        parts.first.templates.back() = whole;
      } else {
        parts.second.templates.push_back(std::move(second));
      }
    }
    for (const LogGroup& group : logs.not_kept) Either(parts.first.not_kept, parts.second.not_kept).push_back(group);
    for (const auto& [kind, count] : logs.events) {
      const std::int64_t part = PartOf(count);
      parts.first.events[kind] = part;
      parts.second.events[kind] = count - part;
    }
    return parts;
  }

 private:
  std::pair<LogTemplate, LogTemplate> Split(const LogTemplate& whole) {
    LogTemplate first{.database = whole.database,
                      .user = whole.user,
                      .fingerprint = whole.fingerprint,
                      .sql = whole.sql,
                      .counters = whole.counters};
    LogTemplate second = first;
    for (std::int64_t LogCounters::*sum : kSums) {
      first.counters.*sum = PartOf(whole.counters.*sum);
      second.counters.*sum = whole.counters.*sum - first.counters.*sum;
    }
    for (const auto& [bucket, count] : whole.latency.buckets) {
      const auto part = static_cast<std::uint64_t>(PartOf(static_cast<std::int64_t>(count)));
      if (part > 0) first.latency.buckets.emplace_back(bucket, part);
      if (part < count) second.latency.buckets.emplace_back(bucket, count - part);
    }
    for (const auto& [hour, counts] : whole.hours) Either(first.hours, second.hours)[hour] = counts;
    for (const LogSample& sample : whole.samples) Either(first.samples, second.samples).push_back(sample);
    for (const LogSample& sample : whole.slowest) Either(first.slowest, second.slowest).push_back(sample);
    for (const std::int64_t id : whole.query_ids) Either(first.query_ids, second.query_ids).push_back(id);
    for (const std::string& tag : whole.tags) Either(first.tags, second.tags).push_back(tag);
    return {std::move(first), std::move(second)};
  }

  LogFile MakeFile(std::uint64_t identity) {
    LogFile file{.identity = identity, .identity_bytes = static_cast<std::uint32_t>(random_())};
    file.name = Text();
    file.format = Text();
    for (std::uint64_t* count : {&file.bytes, &file.entries, &file.continuation_lines, &file.empty_lines})
      *count = static_cast<std::uint64_t>(Count());
    for (int i = Below(4); i > 0; --i) file.unknown_lines[Text()] = static_cast<std::uint64_t>(Count());
    return file;
  }

  LogTemplate MakeTemplate() {
    LogTemplate of{.database = Text(), .user = Text(), .fingerprint = Flip() ? "shape-" : "", .sql = Text()};
    for (int i = 0; i < 16; ++i) of.fingerprint += "0123456789abcdef"[Below(16)];
    for (std::int64_t LogCounters::*sum : kSums) of.counters.*sum = Count();
    if (of.counters.timed_calls > 0) {
      of.counters.min_us = Count();
      of.counters.max_us = Count();
    }
    of.counters.first_us = 1 + Count();
    of.counters.last_us = of.counters.first_us + Count();
    for (int i = Below(30); i > 0; --i)
      workload::AddTo(of.latency, Count(), 1 + static_cast<std::uint64_t>(Below(1 << 30)));
    for (int i = Below(10); i > 0; --i) of.hours[Below(140'000'000) - 70'000'000] = {Count(), Count()};
    std::set<LogSample> samples;
    for (int i = Below(kLogSamples + 1); i > 0; --i) samples.insert(MakeSample());
    of.samples.assign(samples.begin(), samples.end());
    if (Flip()) of.slowest.push_back(MakeSample());
    std::set<std::int64_t> ids;
    for (int i = Below(4); i > 0; --i) ids.insert(static_cast<std::int64_t>(random_()));
    of.query_ids.assign(ids.begin(), ids.end());
    std::set<std::string> tags;
    for (int i = Below(4); i > 0; --i) tags.insert(Text());
    of.tags.assign(tags.begin(), tags.end());
    return of;
  }

  LogSample MakeSample() {
    return {.priority = random_() >> (Flip() ? 0 : 60),
            .time_us = Flip() ? Count() : -Count(),
            .duration_us = Below(4) == 0 ? -1 : Count(),
            .sql = Text(),
            .parameters = Text()};
  }

  // Bytes of all kinds, now and then a text that means something to SQL or to SQLite.
  std::string Text() {
    static const std::vector<std::string> kHostile = {
        "",   "'",        "'; DROP TABLE log_file; --", std::string("\0", 1), std::string("a\0b", 3), "NULL",
        "?1", "\xff\xfe", "9223372036854775808"};
    if (Below(4) == 0) return kHostile[static_cast<std::size_t>(Below(static_cast<int>(kHostile.size())))];
    std::string text(static_cast<std::size_t>(Below(20) == 0 ? Below(20000) : Below(30)), ' ');
    for (char& c : text) c = static_cast<char>(random_());
    return text;
  }

  template <typename List>
  List& Either(List& first, List& second) {
    return Flip() ? first : second;
  }
  int Below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }
  bool Flip() { return Below(2) == 1; }
  std::int64_t Count() { return static_cast<std::int64_t>(random_() >> 11) >> Below(53); }  // below 2^53
  std::int64_t PartOf(std::int64_t count) { return std::uniform_int_distribution<std::int64_t>(0, count)(random_); }

  std::mt19937_64 random_;
};

class LogRoundTripTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<TemporaryDirectory> made = TemporaryDirectory::Make(testing::TempDir(), "pgassay-property-");
    ASSERT_TRUE(made.ok()) << made.status();
    directory_.emplace(*std::move(made));
    absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(directory_->path() + "/logs.assay");
    ASSERT_TRUE(file.ok()) << file.status();
    file_.emplace(*std::move(file));
  }

  LogWorkload Pass(const LogWorkload& logs) {
    const absl::Status kept = file_->ReplaceLogs(logs);
    EXPECT_TRUE(kept.ok()) << kept;
    absl::StatusOr<LogWorkload> read = file_->ReadLogs();
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? *std::move(read) : LogWorkload();
  }

  std::optional<TemporaryDirectory> directory_;
  std::optional<AssayFile> file_;
};

TEST_F(LogRoundTripTest, RandomWorkloadsSurviveAndMerge) {
  std::size_t samples = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    RandomLogs random(seed);
    const LogWorkload logs = random.Make();
    ASSERT_TRUE(Pass(logs) == logs) << "seed " << seed;
    const auto [first, second] = random.Split(logs);
    LogWorkload read_first = Pass(first);
    LogWorkload read_second = Pass(second);
    ASSERT_TRUE(read_first == first && read_second == second) << "seed " << seed;
    ASSERT_TRUE(Merge(read_first, read_second) == logs) << "seed " << seed;
    ASSERT_TRUE(Merge(std::move(read_second), std::move(read_first)) == logs) << "seed " << seed;
    for (const LogTemplate& of : logs.templates) samples += of.samples.size();
  }
  EXPECT_GT(samples, 600U);  // the workloads were not empty
}

}  // namespace
}  // namespace pgassay
