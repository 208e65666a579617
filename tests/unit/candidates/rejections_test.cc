#include "candidates/rejections.h"

#include <gtest/gtest.h>

namespace pgassay::candidates {
namespace {

TEST(Rejections, EachOnceInOrder) {
  Rejections rejections;
  rejections.Add("b", "exists", "i1", "detail", "q2");
  rejections.Add("a", "too-wide", "", "wide", "q1");
  rejections.Add("b", "exists", "i1", "detail", "q1");
  rejections.Add("c", "too-many", "", "many", "");
  rejections.Add("d", "too-many", "", "many", "q1");
  EXPECT_EQ(std::move(rejections).Take({"d"}), (std::vector<Rejection>{{"a", "too-wide", "", "wide", {"q1"}},
                                                                       {"b", "exists", "i1", "detail", {"q1", "q2"}},
                                                                       {"c", "too-many", "", "many", {}}}));
}

TEST(DescribeClause, HidesLiterals) {
  EXPECT_EQ(DescribeClause("expression", "public.t", "lower(email) = 'anna@example.org'::text"),
            "expression on public.t: lower(email) = $1::text");
  EXPECT_EQ(DescribeClause("expression", "public.t", "(a = 4711) OR (b = '2024-01-01'::date)"),
            "expression on public.t: (a = $1) OR (b = $2::date)");
}

TEST(DescribeClause, LeavesOutWhatItCannotRead) {
  EXPECT_EQ(DescribeClause("operator", "public.t", ""), "operator on public.t");
  EXPECT_EQ(DescribeClause("operator", "public.t", "a = 'secret"), "operator on public.t");
  EXPECT_EQ(DescribeClause("operator", "public.t", "1; SELECT 'secret'"), "operator on public.t");
}

TEST(DescribeClause, CutsWholeCharacters) {
  std::string list = "1";
  for (int i = 0; i < 100; ++i) {
    list += ", ää" + std::to_string(i);
  }
  const std::string text = DescribeClause("operator", "t", "a IN (" + list + ")");
  EXPECT_LE(text.size(), 190U);
  EXPECT_TRUE(text.ends_with("..."));
  EXPECT_EQ(text.find('\xef'), std::string::npos);
}

}  // namespace
}  // namespace pgassay::candidates
