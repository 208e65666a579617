#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "report/document_markdown.h"
#include "report/render.h"
#include "unit/report/sample_advice.h"
#include "unit/report/sample_queries.h"

namespace pgassay::report {
namespace {

TEST(Markdown, WordsMakeNoMarkup) {
  EXPECT_EQ(MarkdownWords("a*b_c`d[e](f)|g"), "a\\*b\\_c\\`d\\[e\\](f)\\|g");
  EXPECT_EQ(MarkdownWords("<img src=x onerror=alert(1)>&lt;"), "&lt;img src=x onerror=alert(1)&gt;&amp;lt;");
  EXPECT_EQ(MarkdownWords("see https://evil.example"), "see https&#58;//evil.example");
  EXPECT_EQ(MarkdownWords("www.evil.example"), "www&#46;evil.example");
  EXPECT_EQ(MarkdownWords("@everyone #12"), "@<!-- -->everyone #<!-- -->12");
  EXPECT_EQ(MarkdownWords("a\nb\x1b"), "a\\\\x0ab\\\\x1b");
}

TEST(Markdown, CodeIsLongerThanItsBackticks) {
  EXPECT_EQ(MarkdownCode("a | b", true), "`a \\| b`");
  EXPECT_EQ(MarkdownCode("a | b", false), "`a | b`");
  EXPECT_EQ(MarkdownCode("a``b", false), "```a``b```");
  EXPECT_EQ(MarkdownCode("`", false), "`` ` ``");
  EXPECT_EQ(MarkdownCode("", true), "");
  EXPECT_EQ(MarkdownCode("a\nb", true), "`a\\x0ab`");
}

TEST(Markdown, FencesAreLongerThanWhatIsWithin) {
  EXPECT_EQ(MarkdownFence("sql", "SELECT 1;\n"), "```sql\nSELECT 1;\n```\n");
  EXPECT_EQ(MarkdownFence("sql", "````\n"), "`````sql\n````\n`````\n");
}

TEST(Markdown, AdviceReadsInAPullRequest) {
  const std::string text = AdviceMarkdown(SampleAdvice(), SampleSnapshot(), {});
  EXPECT_TRUE(text.starts_with("# Index advice for database shop\n"));
  EXPECT_TRUE(Has(text, "\n### 1. shop.orders (customer\\_id) `0123456789ab`\n"));
  EXPECT_TRUE(Has(text, "\n- **size**: 1.0 MB predicted\n"));
  EXPECT_TRUE(Has(text, "\n* `a0000000` `SELECT * FROM orders WHERE customer_id = $1`\n  1,000.00 -&gt; 8.45 (118x)"));
  EXPECT_TRUE(Has(text, "\nCREATE INDEX CONCURRENTLY orders_customer_id_idx ON shop.orders (customer_id);\n"));
  EXPECT_TRUE(Has(text, "\n- 1 `below-floor`: saves less than --min-share of the total cost\n"));
  for (const char* const secret : {"4711", "max@example", "'open'", "top secret"}) EXPECT_FALSE(Has(text, secret));
}

TEST(Markdown, TablesHaveTheirColumns) {
  const std::string text = WhatifMarkdown(SampleWhatif(), SampleSnapshot(), {});
  EXPECT_TRUE(Has(text,
                  "| change | index | size | plans |\n| --- | --- | ---: | --- |\n"
                  "| create | `shop.orders (customer_id)` | 1.0 MB (guess) | used |\n"));
  const std::string queries = QueriesMarkdown(SampleCounters(), SampleSource(), {}, {});
  EXPECT_TRUE(Has(queries, "| user | statement |\n"));
  EXPECT_TRUE(Has(queries, "| `app` | `SELECT note FROM orders WHERE email = $1` |\n"));
}

// Pipes that end a cell: those not behind a backslash.
std::size_t Cells(const std::string& row) {
  std::size_t cells = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i] == '|' && (i == 0 || row[i - 1] != '\\')) ++cells;
  }
  return cells;
}

TEST(Markdown, HostileTextStaysInItsPlace) {
  constexpr unsigned kSeed = 20240607;
  static const std::string kPieces[] = {"|", "`", "```", "\n",   "<script>", "</td>", "\\",       "# ", "- ", "1.",
                                        "*", "_", "~~",  "](x)", "<!--",     "-->",   "@someone", "'",  "\"", "x"};
  std::mt19937 random(kSeed);
  for (int round = 0; round < 300; ++round) {
    std::string hostile;
    for (int i = 0; i < 8; ++i) {
      hostile += kPieces[std::uniform_int_distribution<std::size_t>(0, std::size(kPieces) - 1)(random)];
    }
    WhatifResult result = SampleWhatif();
    result.workload.templates[0].sql = "SELECT \"" + hostile + "\"";
    result.sets[0].name = hostile;
    result.sets[0].indexes[0].definition = "t (\"" + hostile + "\")";
    const std::string text = WhatifMarkdown(result, SampleSnapshot(), {.verbose = true});
    EXPECT_FALSE(HasControlCharacters(text));
    std::size_t columns = 0;
    for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
      end = text.find('\n', begin);
      const std::string line = text.substr(begin, end - begin);
      if (!line.starts_with("|")) {
        columns = 0;
      } else if (columns == 0) {
        columns = Cells(line);
      } else {
        EXPECT_EQ(Cells(line), columns) << "seed " << kSeed << ", round " << round << ": " << line;
      }
    }
    const std::string words = MarkdownWords(hostile);
    EXPECT_FALSE(Has(words, "<s"));
    EXPECT_FALSE(Has(words, "@s"));
  }
}

}  // namespace
}  // namespace pgassay::report
