#include "nplusone/loop_detector.h"

#include <gtest/gtest.h>

#include "unit/nplusone/session_script.h"

namespace pgassay::nplusone {
namespace {

constexpr const char* kPosts = "SELECT id, author_id FROM posts ORDER BY id DESC LIMIT $1";
constexpr const char* kAuthor = "SELECT name FROM authors WHERE id = $1";
constexpr const char* kAvatar = "SELECT url FROM avatars WHERE author_id = $1";

std::string Line(const std::string& kind, const std::string& parent, const std::string& child, const char* counts) {
  return kind + ": " + parent + " -> " + child + ", " + counts;
}

TEST(LoopDetector, FindsTheChildOfAParent) {
  const LoopTally tally = SessionScript().Run(kPosts).Loop(kAuthor, 5).Tally();
  EXPECT_EQ(Loops(tally), Lines({Line("n-plus-one", kPosts, kAuthor, "1 x 5")}));
  EXPECT_TRUE(Suppressed(tally).empty());
}

TEST(LoopDetector, FourCallsAreNoLoop) {
  EXPECT_EQ(Loops(SessionScript().Run(kPosts).Loop(kAuthor, 4).Tally()), Lines());
}

TEST(LoopDetector, FindsEveryMemberOfACycle) {
  SessionScript script;
  script.Run(kPosts);
  for (int i = 0; i < 6; ++i) script.Run(kAuthor, {i}).Run(kAvatar, {i});
  EXPECT_EQ(Loops(script.Tally()),
            Lines({Line("n-plus-one", kPosts, kAuthor, "1 x 6"), Line("n-plus-one", kPosts, kAvatar, "1 x 6")}));
}

TEST(LoopDetector, AttributesANestedLoopToTheNearestParent) {
  SessionScript script;
  script.Run(kPosts);
  for (int i = 0; i < 6; ++i) script.Run(kAuthor, {i}).Loop(kAvatar, 7);
  EXPECT_EQ(Loops(script.Tally()),
            Lines({Line("n-plus-one", kPosts, kAuthor, "1 x 6"), Line("n-plus-one", kAuthor, kAvatar, "6 x 42")}));
}

}  // namespace
}  // namespace pgassay::nplusone
