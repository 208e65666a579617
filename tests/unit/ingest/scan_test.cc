#include "ingest/scan.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "ingest/detect_format.h"

namespace pgassay::ingest {
namespace {

class Messages final : public BlockTally {
 public:
  void Add(const LogRecord& record) override { messages.push_back(Text(record, record.message)); }
  void Clear() override { messages.clear(); }
  std::vector<std::string> messages;
};

struct Scanned {
  std::vector<std::string> messages;
  ScanResult result;
};

// Two prefixes that begin alike, so that the second is not taken for the first.
absl::StatusOr<LogFormat> Detect(std::string_view head) {
  if (head.starts_with("2025-11-25 12:00:00.000 UTC [")) return LogFormat{.line_prefix = "%m [%p] "};
  if (head.starts_with("<2025-11-25 12:00:00.000 UTC ")) return LogFormat{.line_prefix = "<%m %p> "};
  const std::size_t first = head.find_first_not_of(" \n");
  if (first != std::string_view::npos && (head[first] == '{' || head[first] == '[')) {
    return LogFormat{.kind = FormatKind::kCloud, .line_prefix = "%m [%p] "};
  }
  return absl::InvalidArgumentError("no known format");
}

using Detector = absl::StatusOr<LogFormat> (*)(std::string_view head);

Scanned MustScan(std::string_view text, int jobs, std::size_t block_bytes, bool hold = false,
                 Detector detect = Detect, const absl::Status& damage = absl::OkStatus()) {
  Scanned scanned;
  const ScanInput input{.read = [&](char* to, std::size_t size) -> absl::StatusOr<std::size_t> {
                          // Short reads as from a pipe.
                          const std::size_t got = std::min({size, text.size(), std::size_t{1000}});
                          std::memcpy(to, text.data(), got);
                          text.remove_prefix(got);
                          if (got == 0 && !damage.ok()) return damage;
                          return got;
                        },
                        .detect = detect};
  const ScanHandler handler{.make = [] { return std::make_unique<Messages>(); },
                            .take = [&](BlockTally& tally) {
                              auto& messages = static_cast<Messages&>(tally).messages;
                              scanned.messages.insert(scanned.messages.end(), messages.begin(), messages.end());
                            }};
  absl::StatusOr<ScanResult> result = ScanLog(input, {.jobs = jobs, .block_bytes = block_bytes, .hold_last_entry = hold}, handler);
  EXPECT_TRUE(result.ok()) << result.status();
  if (result.ok()) scanned.result = *std::move(result);
  return scanned;
}

// Entries of many lengths; from `change` on in another format.
std::string Log(int entries, int change) {
  std::string text;
  for (int i = 0; i < entries; ++i) {
    absl::StrAppend(&text, i < change ? "2025-11-25 12:00:00.000 UTC [7] " : "<2025-11-25 12:00:00.000 UTC 7> ", "LOG:  ", i,
                    std::string(static_cast<std::size_t>(i * 7919 % 311), 'x'), "\n");
    for (int line = 0; line < i % 4; ++line) absl::StrAppend(&text, "\tline ", line, "\n");
  }
  return text;
}

TEST(Scan, ThreadsAndBlocksDoNotShow) {
  const std::string text = Log(3000, 3000);
  const Scanned one = MustScan(text, 1, std::size_t{1} << 22);
  EXPECT_EQ(one.messages.size(), 3000U);
  EXPECT_EQ(one.result.bytes, text.size());
  for (const int jobs : {1, 2, 7}) {
    for (const std::size_t block : {std::size_t{500}, std::size_t{4096}, std::size_t{70'000}}) {
      const Scanned again = MustScan(text, jobs, block);
      EXPECT_EQ(again.messages, one.messages) << jobs << " " << block;
      EXPECT_EQ(again.result.lines.Lines(), one.result.lines.Lines());
      EXPECT_EQ(again.result.lines.entries, 3000U);
      EXPECT_EQ(again.result.bytes, text.size());
    }
  }
}

TEST(Scan, AFormatThatChangesMidway) {
  const std::string text = Log(3000, 1234);
  for (const int jobs : {1, 3}) {
    for (const std::size_t block : {std::size_t{30'000}, std::size_t{1} << 20}) {
      const Scanned scanned = MustScan(text, jobs, block);
      EXPECT_EQ(scanned.messages.size(), 3000U) << jobs << " " << block;
      EXPECT_EQ(scanned.result.lines.Unknown(), 0U);
      EXPECT_EQ(scanned.result.other_formats, 1U);
      EXPECT_EQ(scanned.result.format.line_prefix, "<%m %p> ");
    }
  }
}

// Each part is short beside the whole, in which other formats have more lines.
TEST(Scan, AFormatThatChangesOften) {
  const auto entries = [](int count, std::string_view before, std::string_view behind) {
    std::string text;
    for (int i = 0; i < count; ++i) absl::StrAppend(&text, std::string(before), i, std::string(behind), "\n");
    return text;
  };
  const auto json = [&](int count) {
    return entries(count, R"({"timestamp":"2025-11-25 12:00:00.000 UTC","pid":7,"error_severity":"LOG","message":")",
                   R"("})");
  };
  const auto brackets = [&](int count) { return entries(count, "2025-11-25 12:00:00.000 UTC [7] ann@shop LOG:  ", ""); };
  const auto colons = [&](int count) { return entries(count, "2025-11-25 12:00:00 UTC:10.0.0.5(5):ann@shop:[7]:LOG:  ", ""); };
  const Detector detect = [](std::string_view head) { return DetectFormat(head, {}); };
  const auto expect = [&](std::string_view what, const std::string& text, std::size_t count, std::uint64_t changes) {
    const Scanned scanned = MustScan(text, 2, std::size_t{1} << 20, false, detect);
    EXPECT_EQ(scanned.messages.size(), count) << what;
    EXPECT_EQ(scanned.result.lines.Unknown(), 0U) << what;
    EXPECT_EQ(scanned.result.other_formats, changes) << what;
  };
  expect("middle", json(70) + brackets(300) + json(70) + brackets(900), 1340, 3);
  expect("short beginning", json(12) + brackets(40), 52, 1);
  expect("another prefix at the beginning", colons(14) + brackets(15), 29, 1);
  expect("short end", brackets(40) + json(10), 50, 1);
  expect("another prefix at the end", brackets(40) + colons(10), 50, 1);
}

// Lets the threads whose blocks are far ahead deliver them when it is known already that all will be cut again, into
// fewer blocks than they wait for.
class Meeting {
 public:
  void WaitUntilTaken() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return taken_; });
  }
  void WaitFor(int waiting) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= waiting; });
  }
  void Taken() {
    const std::scoped_lock lock(mutex_);
    taken_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool taken_ = false;
};

class MeetingTally final : public BlockTally {
 public:
  explicit MeetingTally(Meeting& meeting) : meeting_(meeting) {}
  void Add(const LogRecord& record) override {
    const std::string message = Text(record, record.message);
    if (first_ < 0) first_ = std::stoi(message);
  }
  void Finish() override {
    if (first_ >= kFarAhead) meeting_.WaitUntilTaken();
  }
  void Clear() override { first_ = -1; }
  static constexpr int kFarAhead = 7 * 99;  // blocks of 99 lines: see below

 private:
  Meeting& meeting_;
  int first_ = -1;
};

TEST(Scan, NobodyWaitsForBlocksThatWereCutAgain) {
  constexpr int kJobs = 5;  // a block may be kJobs + 2 behind the one that is taken next
  std::string text;
  for (int i = 0; i < 1300; ++i) {
    const bool other = i >= 3 && i < 83;  // a run that is long enough for looking at the format again
    std::string line = absl::StrCat(other ? "<2025-11-25 12:00:00.000 UTC 7> " : "2025-11-25 12:00:00.000 UTC [7] ", "LOG:  ", i);
    line.resize(99, ' ');
    text += line + "\n";
  }
  std::string_view rest = text;
  Meeting meeting;
  int detected = 0;
  const ScanInput input{.read = [&](char* to, std::size_t size) -> absl::StatusOr<std::size_t> {
                          const std::size_t got = std::min(size, rest.size());
                          std::memcpy(to, rest.data(), got);
                          rest.remove_prefix(got);
                          return got;
                        },
                        .detect = [&](std::string_view) -> absl::StatusOr<LogFormat> {
                          if (++detected == 1) return LogFormat{.line_prefix = "%m [%p] "};
                          if (detected == 2) meeting.WaitFor(kJobs - 1);
                          return LogFormat{.line_prefix = "<%m %p> "};
                        }};
  const ScanHandler handler{.make = [&] { return std::make_unique<MeetingTally>(meeting); },
                            .take = [&](BlockTally&) { meeting.Taken(); }};
  const absl::StatusOr<ScanResult> result = ScanLog(input, {.jobs = kJobs, .block_bytes = 10'000}, handler);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->other_formats, 1U);
  EXPECT_EQ(result->bytes, text.size());
}

// Objects that are cut anywhere: a line each, on many lines in a list, all in one line.
TEST(Scan, ObjectsOfAnyShape) {
  for (const std::string_view shape : {"lines", "list", "one line"}) {
    std::string text = shape == "lines" ? "" : shape == "list" ? "{\n  \"records\": [\n" : "[";
    for (int i = 0; i < 1000; ++i) {
      const std::string filler(static_cast<std::size_t>(i * 7919 % 311), i % 3 == 0 ? '{' : '}');
      const std::string message = absl::StrCat("\"message\":\"2025-11-25 12:00:00.000 UTC [7] LOG:  ", i, filler, "\\n\\tb\"");
      if (shape == "list") {
        absl::StrAppend(&text, "    {\n      \"properties\": {\n        ", message, "\n      },\n      \"a\": [\n        {\n        },\n        {\n",
                        "        }\n      ]\n    }", i < 999 ? ",\n" : "\n  ]\n}\n");
      } else {
        absl::StrAppend(&text, "{\"a\":[{},{\"b\":1}],", message, shape == "lines" ? "}\n" : i < 999 ? "}," : "}]");
      }
    }
    const Scanned one = MustScan(text, 1, std::size_t{1} << 22);
    ASSERT_EQ(one.messages.size(), 1000U) << shape;
    EXPECT_EQ(one.result.lines.Unknown(), 0U) << shape;
    for (const int jobs : {1, 3}) {
      for (const std::size_t block : {std::size_t{500}, std::size_t{4099}, std::size_t{70'001}}) {
        const Scanned again = MustScan(text, jobs, block);
        EXPECT_EQ(again.messages, one.messages) << shape << " " << block;
        EXPECT_EQ(again.result.lines.Lines(), one.result.lines.Lines()) << shape << " " << block;
        EXPECT_EQ(again.result.bytes, text.size()) << shape;
        EXPECT_EQ(again.result.other_formats, 0U) << shape;
      }
    }
  }
}

// JSON's reader sees objects within entries of text: what threads cut ahead of the change must not show.
TEST(Scan, BlocksBehindAChangeAreCutAsTheNewFormatSays) {
  std::string text;
  for (int i = 0; i < 300; ++i) absl::StrAppend(&text, "{\"message\":\"2025-11-25 12:00:00.000 UTC [7] LOG:  ", i, "\"}\n");
  for (int i = 300; i < 12000; ++i) {
    absl::StrAppend(&text, "2025-11-25 12:00:00.000 UTC [7] LOG:  ", i, "\n\tSELECT [1],\n", i % 500 == 0 ? "\t{\"a\":1}\n" : "", "\t1\n");
  }
  for (const std::size_t block : {std::size_t{11'000}, std::size_t{30'000}}) {
    for (const bool hold : {false, true}) {
      const Scanned one = MustScan(text, 1, block, hold);
      EXPECT_EQ(one.result.other_formats, 1U);
      for (const int jobs : {2, 3, 7}) {
        const Scanned again = MustScan(text, jobs, block, hold);
        EXPECT_EQ(again.messages, one.messages) << block << " " << jobs;
        EXPECT_EQ(again.result.lines.Lines(), one.result.lines.Lines());
        EXPECT_EQ(again.result.lines.Unknown(), one.result.lines.Unknown());
        EXPECT_EQ(again.result.bytes + again.result.unfinished, text.size());
        EXPECT_EQ(again.result.unfinished, one.result.unfinished);
      }
    }
  }
}

TEST(Scan, JunkInTheMiddleIsCounted) {
  std::string junk;
  for (int i = 0; i < 500; ++i) absl::StrAppend(&junk, "junk ", i, "\n");
  const std::string text = Log(500, 500) + junk + Log(500, 500);
  for (const std::size_t block : {std::size_t{3000}, std::size_t{1} << 20}) {
    const Scanned scanned = MustScan(text, 2, block);
    EXPECT_EQ(scanned.messages.size(), 1000U) << block;
    EXPECT_EQ(scanned.result.lines.Unknown(), 500U) << block;
  }
}

TEST(Scan, AnEntryLongerThanABlock) {
  const std::string text = Log(3, 3) + "2025-11-25 12:00:00.000 UTC [7] LOG:  " + std::string(200'000, 'y') + "\n" + Log(3, 3);
  const Scanned scanned = MustScan(text, 2, 1000);
  ASSERT_EQ(scanned.messages.size(), 7U);
  EXPECT_EQ(scanned.messages[3].size(), 200'000U);
}

TEST(Scan, ALastLineWithoutItsEnd) {
  const std::string text = Log(10, 10);
  const Scanned scanned = MustScan(text + "2025-11-25 12:00:00.000 UTC [7] LOG:  unf", 2, 500);
  EXPECT_EQ(scanned.messages.size(), 10U);
  EXPECT_EQ(scanned.result.bytes, text.size());
  EXPECT_EQ(scanned.result.unfinished, 41U);
}

TEST(Scan, TheLastEntryIsLeftWhereMoreOfItMayCome) {
  const std::string text = Log(10, 10);
  const std::string last = "2025-11-25 12:00:00.000 UTC [7] LOG:  last\n\tof two lines\n";
  for (const int jobs : {1, 3}) {
    const Scanned scanned = MustScan(text + last, jobs, 500, true);
    EXPECT_EQ(scanned.messages.size(), 10U);
    EXPECT_EQ(scanned.result.bytes, text.size());
    EXPECT_EQ(scanned.result.unfinished, last.size());
  }
  const Scanned alone = MustScan(last, 1, 500, true);
  EXPECT_EQ(alone.messages.size(), 0U);
  EXPECT_EQ(alone.result.bytes, 0U);
  EXPECT_EQ(alone.result.unfinished, last.size());
}

// A whole copy has more of the last entry.
TEST(Scan, WhatCameBeforeDamageIsRead) {
  const std::string text = Log(1000, 1000);
  const std::string last = "2025-11-25 12:00:00.000 UTC [7] LOG:  last\n";
  for (const int jobs : {1, 3}) {
    const Scanned scanned = MustScan(text + last, jobs, 5000, false, Detect, absl::DataLossError("cut off"));
    EXPECT_EQ(scanned.messages.size(), 1000U);
    EXPECT_EQ(scanned.result.bytes, text.size());
    EXPECT_EQ(scanned.result.damage.message(), "cut off");
  }
}

TEST(Scan, NothingThatFits) {
  std::string_view text = "hello\nworld\n";
  const ScanInput input{.read = [&](char* to, std::size_t size) -> absl::StatusOr<std::size_t> {
                          const std::size_t got = std::min(size, text.size());
                          std::memcpy(to, text.data(), got);
                          text.remove_prefix(got);
                          return got;
                        },
                        .detect = Detect};
  const ScanHandler handler{.make = [] { return std::make_unique<Messages>(); }, .take = [](BlockTally&) {}};
  EXPECT_EQ(ScanLog(input, {}, handler).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace pgassay::ingest
