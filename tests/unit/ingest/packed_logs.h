#pragma once

// Makes logs, compressed logs and archives for tests.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "gtest/gtest.h"
#include "ingest/log_source.h"

struct archive;

namespace pgassay::ingest {

// About `bytes` of a log that compresses like one.
std::string SampleLog(std::size_t bytes);

// `content` compressed: "gzip", "zstd", "xz", "bzip2", "lz4".
std::string Compressed(std::string_view filter, std::string_view content);

struct Member {
  std::string path;
  std::string content;
  enum Kind { kFile, kDirectory, kLink } kind = kFile;
};

// An archive of `members`; format "ustar", "v7tar", "pax" or "zip"; filter as above or "none".
std::string Archived(std::string_view format, std::string_view filter, const std::vector<Member>& members);

// What can be read of a log, and how it ended.
struct Content {
  std::string bytes;
  absl::Status status;
};
Content ReadAll(LogSource& source, std::size_t block_bytes = 100000);

// A directory of its own for each test.
class LogFilesTest : public testing::Test {
 protected:
  void SetUp() override;
  std::string Path(const std::string& name) const { return directory_->path() + "/" + name; }
  // Writes in place (an open file sees it) and returns the path.
  std::string Write(const std::string& name, std::string_view content) const;
  void Append(const std::string& name, std::string_view content) const;

 private:
  std::optional<TemporaryDirectory> directory_;
};

}  // namespace pgassay::ingest
