// Whatever names, statements and messages contain, what is printed is harmless, parses, and keeps literals to itself.

#include <random>
#include <string>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "report/redact.h"
#include "report/render.h"
#include "unit/report/sample_advice.h"
#include "unit/report/sample_queries.h"

namespace pgassay::report {
namespace {

constexpr unsigned kSeed = 20240607;
constexpr int kRounds = 500;

// Pieces that break renderers, and bytes that break pieces.
std::string Hostile(std::mt19937& random) {
  static const std::string kPieces[] = {"\x1b[31m", "\x1b]0;title\x07",
                                        "\r",       "\n",
                                        "\t",       "\x7f",
                                        "\xc2\x9b", "\xe2\x80\xae",
                                        "\xff",     "\xc3",
                                        "\xf0\x9f", "'",
                                        "\"",       "\\",
                                        "$",        "$$",
                                        "$a$",      "--",
                                        "/*",       "*/",
                                        ";",        "e'",
                                        "U&\"",     "SELECT ",
                                        " FROM ",   "(",
                                        ")",        "Süd",
                                        "日本",     "\xf0\x9f\x98\x80",
                                        "1e",       "1.5",
                                        ".",        " ",
                                        "%s",       "{}",
                                        "near \"",  "relation \"",
                                        ": \"",     std::string(1, '\0')};
  std::string text;
  const int count = std::uniform_int_distribution<int>(0, 12)(random);
  for (int i = 0; i < count; ++i) {
    text += kPieces[std::uniform_int_distribution<std::size_t>(0, std::size(kPieces) - 1)(random)];
  }
  return text;
}

TEST(Hostile, NothingBreaksARenderer) {
  std::mt19937 random(kSeed);
  for (int round = 0; round < kRounds; ++round) {
    Advice advice = SampleAdvice();
    advice.workload.templates[0].sql = Hostile(random);
    advice.workload.templates[0].bindings[0].sql = Hostile(random);
    advice.workload.templates[0].bindings[0].source = Hostile(random);
    advice.workload.skipped[0].reason = Hostile(random);
    advice.recommendations[0].definition = Hostile(random);
    advice.recommendations[0].table = {Hostile(random), Hostile(random)};
    advice.recommendations[0].ddl[1].sql = Hostile(random);
    advice.recommendations[0].undo[0].sql = Hostile(random);
    advice.rejected[0].by = Hostile(random);
    advice.rejected[1].detail = Hostile(random);
    advice.warnings = {Hostile(random)};
    Snapshot snapshot = SampleSnapshot();
    snapshot.database = Hostile(random);
    for (const bool show_literals : {false, true}) {
      const std::string text =
          AdviceText(advice, snapshot, {.show_literals = show_literals, .verbose = true, .width = 60});
      EXPECT_FALSE(HasControlCharacters(text)) << "seed " << kSeed << ", round " << round;
      const std::string json = AdviceJson(advice, snapshot, {.show_literals = show_literals});
      EXPECT_FALSE(HasControlCharacters(json)) << "seed " << kSeed << ", round " << round;
      EXPECT_TRUE(nlohmann::json::accept(json)) << "seed " << kSeed << ", round " << round;
      const std::string markdown = AdviceMarkdown(advice, snapshot, {.show_literals = show_literals, .verbose = true});
      EXPECT_FALSE(HasControlCharacters(markdown)) << "seed " << kSeed << ", round " << round;
    }
  }
}

TEST(Hostile, NothingBreaksTheRenderersOfQueriesAndPlans) {
  std::mt19937 random(kSeed);
  for (int round = 0; round < kRounds / 5; ++round) {
    Workload workload = SampleCounters();
    workload.templates[0].sql = Hostile(random);
    workload.templates[0].user = Hostile(random);
    workload.templates[0].tags = {Hostile(random), "controller=" + Hostile(random)};
    workload.not_kept[1].detail = Hostile(random);
    Snapshot snapshot = SampleSource();
    snapshot.statement_source.installed_in = Hostile(random);
    Explanation explanation = SampleExplanation();
    explanation.subject = Hostile(random);
    explanation.index_names["pgassay_candidate_7"] = Hostile(random);
    ExplainedBinding& binding = explanation.templates[0].bindings[0];
    binding.plan_before.replace(binding.plan_before.find("customer_id"), 11, Hostile(random));
    binding.plan_after.resize(binding.plan_after.size() - static_cast<std::size_t>(round % 20));
    binding.binding.note = Hostile(random);
    const int width = round % 2 == 0 ? 60 : 140;
    for (const std::string& text :
         {QueriesText(workload, snapshot, {}, {.verbose = true, .width = width}),
          QueriesMarkdown(workload, snapshot, {}, {}), QueriesJson(workload, snapshot, {}, {}),
          ExplainText(explanation, snapshot, {.verbose = true, .width = width}),
          ExplainMarkdown(explanation, snapshot, {}), ExplainJson(explanation, snapshot, {})}) {
      EXPECT_FALSE(HasControlCharacters(text)) << "seed " << kSeed << ", round " << round;
      EXPECT_TRUE(!text.starts_with('{') || nlohmann::json::accept(text)) << "seed " << kSeed << ", round " << round;
    }
  }
}

TEST(Hostile, AStringConstantNeverSurvives) {
  std::mt19937 random(kSeed);
  for (int round = 0; round < kRounds; ++round) {
    std::string value = Hostile(random) + "secret" + Hostile(random);
    std::string quoted;
    for (const char c : value) quoted += c == '\'' ? "''" : std::string(1, c);
    const std::string sql = "SELECT a FROM t WHERE b = '" + quoted + "' AND c = 1";
    EXPECT_EQ(RedactConstants(sql), "SELECT a FROM t WHERE b = ? AND c = ?") << "seed " << kSeed << ", round " << round;
    EXPECT_EQ(RedactConstants(RedactConstants(sql)), RedactConstants(sql));
    EXPECT_EQ(OneLine(OneLine(value)), OneLine(value)) << "seed " << kSeed << ", round " << round;
  }
}

}  // namespace
}  // namespace pgassay::report
