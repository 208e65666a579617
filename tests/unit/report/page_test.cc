#include "report/page.h"

#include <algorithm>
#include <string>

#include "gtest/gtest.h"

namespace pgassay::report {
namespace {

TEST(Page, ShortensAtCodePoints) {
  EXPECT_EQ(TextWidth("Süd"), 3u);
  EXPECT_EQ(Shorten("Süden", 5), "Süden");
  EXPECT_EQ(Shorten("Südlicher", 5), "Sü...");
  EXPECT_EQ(Shorten("abc", 2), "..");
}

TEST(Page, WrapsBelowTheText) {
  Page page(40, false);
  page.Hanging(2, "why", "one two three four five six seven eight nine", 6);
  EXPECT_EQ(page.Take(),
            "  why   one two three four five six\n"
            "        seven eight nine\n");
}

TEST(Page, AWordWiderThanThePageStaysWhole) {
  Page page(40, false);
  page.Paragraph(0, "x " + std::string(60, 'y'));
  EXPECT_EQ(page.Take(), "x\n" + std::string(60, 'y') + "\n");
}

TEST(Page, TablesGiveWhatIsLeftToTheFlexibleColumn) {
  Page page(40, false);
  page.Table(2, {{"id"}, {"statement", false, true}, {"cost", true}},
             {{"1", std::string(80, 's'), "9.00"}, {"2", "t", "10.00"}});
  EXPECT_EQ(page.Take(),
            "  id  statement                     cost\n"
            "  1   ssssssssssssssssssssssss...   9.00\n"
            "  2   t                            10.00\n");
}

TEST(Page, NothingPrintedHoldsEscapes) {
  Page page(60, false);
  page.Line(0, "a\x1b[31mb\nc");
  page.Paragraph(0, "d\x07");
  page.Table(0, {{"h"}}, {{"e\rf"}});
  page.Heading("g\x7f");
  const std::string text = page.Take();
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(text.find('\x7f'), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6);
}

TEST(Page, ColoursOnlyOnRequest) {
  Page page(60, true);
  page.Heading("title");
  EXPECT_EQ(page.Take(), "\x1b[1mtitle\x1b[0m\n");
}

}  // namespace
}  // namespace pgassay::report
