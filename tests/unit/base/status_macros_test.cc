#include "base/status_macros.h"

#include <memory>

#include "gtest/gtest.h"

namespace pgassay {
namespace {

absl::StatusOr<std::unique_ptr<int>> Half(int value) {
  if (value % 2 != 0) return absl::InvalidArgumentError("odd");
  return std::make_unique<int>(value / 2);
}

absl::StatusOr<int> Quarter(int value) {
  PGASSAY_ASSIGN_OR_RETURN(const std::unique_ptr<int> half, Half(value));
  PGASSAY_ASSIGN_OR_RETURN(const std::unique_ptr<int> quarter, Half(*half));
  return *quarter;
}

absl::Status CheckQuarter(int value) {
  PGASSAY_RETURN_IF_ERROR(Quarter(value).status());
  return absl::AbortedError("passed");
}

TEST(StatusMacrosTest, AssignsOrReturns) {
  EXPECT_EQ(*Quarter(12), 3);
  EXPECT_EQ(Quarter(6).status(), absl::InvalidArgumentError("odd"));
  EXPECT_EQ(CheckQuarter(6), absl::InvalidArgumentError("odd"));
  EXPECT_EQ(CheckQuarter(8), absl::AbortedError("passed"));
}

TEST(AnnotateTest, PutsTheWhereBeforeTheMessage) {
  absl::Status status = absl::NotFoundError("no such table");
  status.SetPayload("type.pgassay/x", absl::Cord("payload"));
  const absl::Status annotated = Annotate(status, "reading orders");
  EXPECT_EQ(annotated.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(annotated.message(), "reading orders: no such table");
  EXPECT_EQ(annotated.GetPayload("type.pgassay/x"), absl::Cord("payload"));
}

TEST(AnnotateTest, LeavesOkAlone) {
  EXPECT_TRUE(Annotate(absl::OkStatus(), "anywhere").ok());
}

TEST(CheckDeathTest, ExitsWith70) {
  EXPECT_EXIT(PGASSAY_CHECK(1 + 1 == 3), testing::ExitedWithCode(70), "internal error.*1 \\+ 1 == 3");
  PGASSAY_CHECK(1 + 1 == 2);
}

}  // namespace
}  // namespace pgassay
