#include "cli/exit_code.h"

#include "gtest/gtest.h"

namespace pgassay::cli {
namespace {

TEST(ExitCode, OneStatusCodeMeansDifferentThingsAtDifferentStages) {
  const absl::Status missing = absl::NotFoundError("x");
  EXPECT_EQ(ExitCodeFor(Stage::kInput, missing), kBadInput) << "a file that is not there";
  EXPECT_EQ(ExitCodeFor(Stage::kPlanning, missing), kNotAllowed) << "no server programs";
  EXPECT_EQ(ExitCodeFor(Stage::kServer, absl::InvalidArgumentError("x")), kUsage) << "a malformed connection string";
  EXPECT_EQ(ExitCodeFor(Stage::kPlanning, absl::InvalidArgumentError("x")), kBadInput) << "nothing could be planned";
}

TEST(ExitCode, EveryStage) {
  for (const Stage stage : {Stage::kInput, Stage::kServer, Stage::kPlanning, Stage::kOutput}) {
    EXPECT_EQ(ExitCodeFor(stage, absl::OkStatus()), kDone);
    EXPECT_EQ(ExitCodeFor(stage, absl::CancelledError("x")), kInterrupted);
    EXPECT_EQ(ExitCodeFor(stage, absl::InternalError("x")), kOurBug);
    EXPECT_EQ(ExitCodeFor(stage, absl::PermissionDeniedError("x")), kNotAllowed);
  }
  EXPECT_EQ(ExitCodeFor(Stage::kUsage, absl::InternalError("x")), kUsage);
}

}  // namespace
}  // namespace pgassay::cli
