#include "ingest/stderr_reader.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace pgassay::ingest {
namespace {

constexpr std::string_view kBegin = "2025-11-25 12:00:00.000 UTC [7] ";

std::string Line(std::string_view text) { return std::string(kBegin) + std::string(text) + "\n"; }

struct Entry {
  std::string message, detail, statement;
  friend bool operator==(const Entry&, const Entry&) = default;
};

struct Result {
  std::vector<Entry> entries;
  LineCounts lines;
  ReadEnd end;
};

Result Read(std::string_view text, bool last = true, bool stop_at_other = false) {
  const auto reader = MakeReader({.line_prefix = "%m [%p] "});
  EXPECT_TRUE(reader.ok());
  Result result;
  const RecordSink sink = [&](const LogRecord& record) {
    result.entries.push_back({Text(record, record.message), Text(record, record.detail), Text(record, record.statement)});
  };
  result.end = (*reader)->Read(text, last, stop_at_other, sink, result.lines);
  return result;
}

TEST(StderrReader, EntriesWithTheirFurtherLines) {
  const Result result = Read(Line("LOG:  first\n\tsecond\n\t\n\tfourth") + Line("DETAIL:  parameters: $1 = 'x'") +
                             Line("ERROR:  no") + Line("STATEMENT:  SELECT\n\t\t1"));
  ASSERT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.entries[0], (Entry{"first\nsecond\n\nfourth", "parameters: $1 = 'x'", ""}));
  EXPECT_EQ(result.entries[1], (Entry{"no", "", "SELECT\n\t1"}));
  EXPECT_EQ(result.lines.entries, 2U);
  EXPECT_EQ(result.lines.continuations, 6U);
  EXPECT_EQ(result.lines.Lines(), 8U);
}

TEST(StderrReader, OtherLinesAreCountedAndShown) {
  const Result result = Read("hello\n" + Line("LOG:  a") + "\n" + "world\r\n" + Line("DETAIL:  of whom?"));
  EXPECT_EQ(result.entries.size(), 1U);
  EXPECT_EQ(result.lines.unknown[static_cast<int>(UnknownKind::kNoPrefix)], 2U);
  EXPECT_EQ(result.lines.unknown[static_cast<int>(UnknownKind::kOrphan)], 1U);
  EXPECT_EQ(result.lines.empty, 1U);
  EXPECT_EQ(result.lines.samples[0], (std::vector<std::string>{"hello", "world"}));
}

TEST(StderrReader, WindowsLineEnds) {
  const Result result = Read(std::string(kBegin) + "LOG:  a\r\n" + std::string(kBegin) + "LOG:  b\r\n");
  ASSERT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.entries[0].message, "a");
}

TEST(StderrReader, ALineWithoutItsEndWaits) {
  const std::string whole = Line("LOG:  a");
  const Result result = Read(whole + "2025-11-25 12:00:00.000 UTC [7] LOG:  unfin");
  EXPECT_EQ(result.entries.size(), 1U);
  EXPECT_EQ(result.end.consumed, whole.size());
  // And with it the entry that it may belong to.
  const Result second = Read(whole + Line("ERROR:  b") + std::string(kBegin) + "STATEMENT:  SEL");
  EXPECT_EQ(second.entries.size(), 1U);
  EXPECT_EQ(second.end.consumed, whole.size());
  EXPECT_EQ(second.lines.Lines(), 1U);
}

TEST(StderrReader, AnotherFormat) {
  std::string other;
  for (int i = 0; i < 2 * kOtherFormatRun; ++i) other += "{\"other\":1}\n";
  const std::string begin = Line("LOG:  a");
  const Result stopped = Read(begin + other, true, true);
  EXPECT_TRUE(stopped.end.other_format);
  EXPECT_EQ(stopped.end.consumed, begin.size());
  EXPECT_EQ(stopped.lines.Lines(), 1U);
  EXPECT_EQ(Read(begin + other).lines.Unknown(), 2U * kOtherFormatRun);
}

TEST(StderrReader, BlocksAreCutInFrontOfEntries) {
  const auto reader = MakeReader({.line_prefix = "%m [%p] "});
  ASSERT_TRUE(reader.ok());
  const std::string first = Line("LOG:  a");
  EXPECT_EQ((*reader)->LastEntry(first), 0U);
  EXPECT_EQ((*reader)->LastEntry(first + Line("LOG:  b\n\tc") + Line("DETAIL:  d") + "2025-11"), first.size());
  EXPECT_EQ((*reader)->LastEntry("\tSELECT 1\n\tSELECT 2\n"), 0U);
}

TEST(StderrReader, BytesThatAreNoText) {
  std::string junk = Line("LOG:  a");
  for (int c = 0; c < 256; ++c) junk += static_cast<char>(c);
  junk += '\n';
  const Result result = Read(junk + Line(std::string_view("LOG:  b\0c", 9)));
  ASSERT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.entries[1].message, std::string_view("b\0c", 3));
}

}  // namespace
}  // namespace pgassay::ingest
