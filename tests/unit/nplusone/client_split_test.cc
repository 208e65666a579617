#include "nplusone/client_split.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"

namespace pgassay::nplusone {
namespace {

constexpr std::int64_t kBegin = 1'700'000'000'000'000;

StatementTraits TraitsOf(const std::string& sql) {
  return {
      .database = "shop", .user = "app", .shape = StableHash(sql), .text = sql, .facts = sql::ReadLexicalFacts(sql)};
}

// Programs that run a list and then a statement for each of its rows, each waiting a millisecond for its answers. The
// session that a pooler gives them changes with each statement; without one each program has its own.
struct Programs {
  std::vector<SessionEvent> events;
  std::map<std::uint64_t, int> programs;  // by the values of events, which are all different

  Programs(int programs_at_once, bool pooler, std::int64_t most_thinking = 100) {
    std::mt19937_64 random(7);
    std::vector<std::int64_t> next(static_cast<std::size_t>(programs_at_once), kBegin);
    std::vector<std::uint32_t> position(next.size());
    while (events.size() < 6000) {
      std::size_t of = 0;
      for (std::size_t i = 0; i < next.size(); ++i) of = next[i] < next[of] ? i : of;
      SessionEvent event;
      event.session = pooler ? 1 + random() % 3 : of + 1;
      event.statement = position[of];
      position[of] = position[of] == 12 ? 0 : position[of] + 1;
      event.begin_us = next[of];
      event.end_us = event.begin_us + 100 + static_cast<std::int64_t>(random() % 200);
      event.values = events.size() + 1;
      programs[event.values] = static_cast<int>(of);
      next[of] =
          event.end_us + 900 + static_cast<std::int64_t>(random() % 300) +
          (position[of] == 0 ? 1000 * static_cast<std::int64_t>(random() % 100) % (1000 * most_thinking + 1) : 0);
      events.push_back(event);
    }
  }
};

struct Split {
  std::size_t events = 0;
  std::size_t unchanged = 0;         // with the session that they had
  std::size_t behind_their_own = 0;  // behind an event of the same program, as their session has it
  std::set<std::uint64_t> sessions;
};

Split SplitOf(const Programs& of, bool ends) {
  Split result;
  std::map<std::uint64_t, int> last;
  std::map<std::uint64_t, std::int64_t> last_ends;
  ClientSplit split([&](const SessionEvent& event) {
    ++result.events;
    result.unchanged += event.session == of.events[event.values - 1].session ? 1 : 0;
    result.sessions.insert(event.session);
    const int program = of.programs.at(event.values);
    const auto [at, fresh] = last.try_emplace(event.session, program);
    const bool in_order = event.end_us >= last_ends[event.session];
    result.behind_their_own += !fresh && at->second == program && in_order ? 1 : 0;
    at->second = program;
    last_ends[event.session] = event.end_us;
  });
  for (std::uint32_t i = 0; i <= 12; ++i)
    split.Define(i, TraitsOf("SELECT * FROM t" + std::to_string(i) + " WHERE id = $1"));
  std::size_t number = 0;
  for (const SessionEvent& event : of.events) {
    split.Add(event);
    if (!ends && ++number % 100 == 0) split.Flush(false);
  }
  split.Flush(true);
  return result;
}

TEST(ClientSplit, ClientsOfAPoolerAreToldApart) {
  for (const bool ends : {true, false}) {
    const Split split = SplitOf(Programs(4, true), ends);
    EXPECT_EQ(split.events, 6000U);
    // Some two thousand events go by before a pooler is seen, if they cannot wait.
    EXPECT_GE(split.behind_their_own, ends ? 5400U : 4200U);
    if (ends) {
      EXPECT_LE(split.sessions.size(), 64U) << "numbers of clients are given again";
    }
  }
}

TEST(ClientSplit, SessionsOfOneClientStay) {
  const Split split = SplitOf(Programs(4, false), true);
  EXPECT_EQ(split.events, 6000U);
  EXPECT_EQ(split.unchanged, 6000U);
}

// Nothing tells programs apart that all do the same without a pause, and nothing is won by it.
TEST(ClientSplit, SessionsOfEqualProgramsStay) {
  for (const int programs : {1, 3, 8}) {
    const Split split = SplitOf(Programs(programs, false, 0), true);
    EXPECT_EQ(split.unchanged, 6000U) << programs;
  }
}

// What comes next is certain: clients cannot tell it better.
TEST(ClientSplit, ASessionWhoseTransactionsAreAllAlikeStays) {
  std::vector<SessionEvent> events;
  std::mt19937_64 random(7);
  std::int64_t time = kBegin;
  for (std::uint64_t transaction = 1; transaction <= 100; ++transaction) {
    for (std::uint32_t statement = 0; statement < 4; ++statement) {
      SessionEvent event{.session = 1, .transaction = statement == 3 ? 0 : transaction};
      event.statement = statement;
      event.begin_us = time;
      event.end_us = time + 100;
      time = event.end_us + static_cast<std::int64_t>(random() % 50);
      events.push_back(event);
    }
    time += 10'000 + static_cast<std::int64_t>(random() % 30'000);
  }
  std::size_t unchanged = 0;
  ClientSplit split([&](const SessionEvent& event) { unchanged += event.session == 1 ? 1 : 0; });
  const char* const statements[] = {"BEGIN", "SELECT a FROM t WHERE id = $1", "UPDATE t SET a = $1 WHERE id = $2",
                                    "COMMIT"};
  for (std::uint32_t i = 0; i < 4; ++i) split.Define(i, TraitsOf(statements[i]));
  for (const SessionEvent& event : events) split.Add(event);
  split.Flush(true);
  EXPECT_EQ(unchanged, events.size());
}

// Durations that do not fit between the times of a log.
TEST(ClientSplit, SessionsWhoseStatementsSeemToOverlapStay) {
  Programs of(4, false);
  for (SessionEvent& event : of.events) event.begin_us -= 5'000;
  const Split split = SplitOf(of, true);
  EXPECT_EQ(split.unchanged, 6000U);
  EXPECT_EQ(split.behind_their_own, 5996U) << "and in their order";
}

TEST(ClientSplit, WhatIsNobodysPasses) {
  std::size_t events = 0;
  ClientSplit split([&](const SessionEvent&) { ++events; });
  split.Add({.session = 1, .statement = 0xffffffff, .failed = true});
  EXPECT_EQ(events, 1U);
  EXPECT_TRUE(split.Flush(true).empty());
}

// A transaction is one client's, however long it pauses.
TEST(ClientSplit, TransactionsStayTogether) {
  Programs of(4, true);
  std::vector<SessionEvent> events;
  for (std::size_t i = 0; i < of.events.size(); ++i) {
    events.push_back(of.events[i]);
    if (i % 500 != 499) continue;
    // In a session of its own, beside the others.
    for (const std::uint32_t statement : {13U, 1U, 2U, 3U, 14U}) {
      SessionEvent event = of.events[i];
      event.session = 50;
      event.statement = statement;
      event.begin_us += 40 * (statement + 1);
      event.end_us = event.begin_us + 10;
      event.values = 1'000'000 + i;
      events.push_back(event);
    }
  }
  std::map<std::uint64_t, std::set<std::uint64_t>> sessions;
  ClientSplit split([&](const SessionEvent& event) {
    if (event.values >= 1'000'000) sessions[event.values].insert(event.session);
  });
  for (std::uint32_t i = 0; i <= 12; ++i)
    split.Define(i, TraitsOf("SELECT * FROM t" + std::to_string(i) + " WHERE id = $1"));
  split.Define(13, TraitsOf("BEGIN"));
  split.Define(14, TraitsOf("COMMIT"));
  for (const SessionEvent& event : events) split.Add(event);
  split.Flush(true);
  EXPECT_EQ(sessions.size(), 12U);
  for (const auto& [values, of_transaction] : sessions) EXPECT_EQ(of_transaction.size(), 1U) << values;
}

}  // namespace
}  // namespace pgassay::nplusone
