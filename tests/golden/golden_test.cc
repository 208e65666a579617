// Runs every *.test file below this directory. `golden --rewrite` writes the real output into the files; review the
// difference before keeping it. It is refused where the environment variable CI is set.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "base/file.h"
#include "golden/directives.h"
#include "golden/golden_file.h"

namespace pgassay::golden {
namespace {

std::vector<std::string_view> Names() {
  std::vector<std::string_view> names;
  for (const Directive& directive : Directives()) {
    names.push_back(directive.name);
  }
  return names;
}

class GoldenTest : public testing::Test {
 public:
  GoldenTest(std::string path, bool rewrite) : path_(std::move(path)), rewrite_(rewrite) {}

  void TestBody() override {
    const auto text = ReadFile(path_);
    ASSERT_TRUE(text.ok()) << text.status();
    const auto file = Parse(*text, Names());
    ASSERT_TRUE(file.ok()) << path_ << ": " << file.status();
    const auto real = RunFile(*file);
    ASSERT_TRUE(real.ok()) << path_ << ": " << real.status();
    if (rewrite_) {
      const absl::Status written = WriteFileAtomically(path_, Render(*real));
      ASSERT_TRUE(written.ok()) << written;
      return;
    }
    for (std::size_t i = 0; i < file->blocks.size(); ++i) {
      const Block& block = file->blocks[i];
      EXPECT_TRUE(SameText(block.expected, real->blocks[i].expected))
          << path_ << ":" << block.line << ": " << block.header << "\nexpected:\n"
          << absl::StrJoin(block.expected, "\n") << "\nbut it is:\n"
          << absl::StrJoin(real->blocks[i].expected, "\n");
    }
  }

 private:
  std::string path_;
  bool rewrite_;
};

int Register(bool rewrite) {
  const std::filesystem::path root = std::filesystem::path(PGASSAY_SOURCE_DIR) / "tests" / "golden";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".test") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& path : files) {
    const std::string area = path.parent_path().filename().string();
    const std::string name = path.stem().string();
    testing::RegisterTest(
        area.c_str(), name.c_str(), nullptr, nullptr, path.c_str(), 1, [path, rewrite]() -> testing::Test* {
          return std::make_unique<GoldenTest>(path.string(), rewrite).release();  // GoogleTest owns it
        });
  }
  return static_cast<int>(files.size());
}

}  // namespace
}  // namespace pgassay::golden

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const bool rewrite =
      std::any_of(argv + 1, argv + argc, [](const char* word) { return std::string(word) == "--rewrite"; });
  const char* const ci = std::getenv("CI");  // NOLINT(concurrency-mt-unsafe): no other thread yet
  if (rewrite && ci != nullptr && *ci != '\0') {
    std::cerr << "golden --rewrite is refused because CI is set: expectations are reviewed, not produced\n";
    return 2;
  }
  if (pgassay::golden::Register(rewrite) == 0) {
    std::cerr << "no golden file found\n";
    return 1;
  }
  return RUN_ALL_TESTS();
}
