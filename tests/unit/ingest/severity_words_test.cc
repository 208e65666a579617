#include "ingest/severity_words.h"

#include <string_view>

#include <gtest/gtest.h>

#include "ingest/line_tag.h"

namespace pgassay::ingest {
namespace {

TEST(SeverityWords, Languages) {
  EXPECT_EQ(TagOf("LOG"), LineTag::kLog);
  EXPECT_EQ(TagOf("DEBUG5"), LineTag::kDebug);
  EXPECT_EQ(TagOf("FEHLER"), LineTag::kError);
  EXPECT_EQ(TagOf("DÉTAIL"), LineTag::kDetail);
  EXPECT_EQ(TagOf("SENTENCIA"), LineTag::kStatement);
  EXPECT_EQ(TagOf("問い合わせ"), LineTag::kQuery);
  EXPECT_EQ(TagOf("СООБЩЕНИЕ"), LineTag::kLog);
  EXPECT_EQ(TagOf("명령 구문"), LineTag::kStatement);
  EXPECT_EQ(TagOf("错误"), LineTag::kError);
  EXPECT_EQ(TagOf(""), std::nullopt);
  EXPECT_EQ(TagOf("log"), std::nullopt);
  EXPECT_EQ(TagOf("DEBUG6"), std::nullopt);
}

TEST(SeverityWords, FrenchColons) {
  std::string_view text = "INSTRUCTION :  SELECT 1";
  EXPECT_EQ(TakeTag(text), LineTag::kStatement);
  EXPECT_EQ(text, "SELECT 1");
  text = "ASTUCE\u00A0: x";
  EXPECT_EQ(TakeTag(text), LineTag::kHint);
  EXPECT_EQ(text, "x");
  text = "nothing: x";
  EXPECT_EQ(TakeTag(text), std::nullopt);
  EXPECT_EQ(text, "nothing: x");
}

}  // namespace
}  // namespace pgassay::ingest
