#include "packed_logs.h"

#include <archive.h>
#include <archive_entry.h>

#include <fstream>
#include <memory>
#include <utility>

namespace pgassay::ingest {
namespace {

struct WriteFree {
  void operator()(archive* handle) const { archive_write_free(handle); }
};

la_ssize_t AppendTo(archive*, void* data, const void* bytes, std::size_t size) {
  static_cast<std::string*>(data)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

}  // namespace

std::string SampleLog(std::size_t bytes) {
  std::string log;
  for (unsigned i = 0; log.size() < bytes; ++i) {
    log += "2026-11-25 10:00:00." + std::to_string(i % 1000) + " UTC [" + std::to_string(i * 2654435761U % 100000) +
           "] LOG:  duration: " + std::to_string(i * 40503U % 9973) + ".1 ms  statement: SELECT " + std::to_string(i) +
           "\n";
  }
  return log;
}

std::string Archived(std::string_view format, std::string_view filter, const std::vector<Member>& members) {
  std::string made;
  {
    const std::unique_ptr<archive, WriteFree> handle(archive_write_new());
    EXPECT_EQ(archive_write_set_format_by_name(handle.get(), std::string(format).c_str()), ARCHIVE_OK);
    if (filter != "none") {
      EXPECT_EQ(archive_write_add_filter_by_name(handle.get(), std::string(filter).c_str()), ARCHIVE_OK);
    }
    archive_write_set_bytes_in_last_block(handle.get(), 1);
    EXPECT_EQ(archive_write_open(handle.get(), &made, nullptr, AppendTo, nullptr), ARCHIVE_OK);
    for (const Member& member : members) {
      archive_entry* entry = archive_entry_new();
      archive_entry_set_pathname(entry, member.path.c_str());
      archive_entry_set_perm(entry, 0644);
      archive_entry_set_filetype(entry, member.kind == Member::kFile        ? AE_IFREG
                                        : member.kind == Member::kDirectory ? AE_IFDIR
                                                                            : AE_IFLNK);
      archive_entry_set_size(entry, member.kind == Member::kFile ? static_cast<la_int64_t>(member.content.size()) : 0);
      if (member.kind == Member::kLink) archive_entry_set_symlink(entry, member.content.c_str());
      EXPECT_EQ(archive_write_header(handle.get(), entry), ARCHIVE_OK) << archive_error_string(handle.get());
      if (member.kind == Member::kFile) {
        archive_write_data(handle.get(), member.content.data(), member.content.size());
      }
      archive_entry_free(entry);
    }
    EXPECT_EQ(archive_write_close(handle.get()), ARCHIVE_OK);
  }
  return made;
}

std::string Compressed(std::string_view filter, std::string_view content) {
  // libarchive 3.6's writer crashes on this one; these are the bytes of the lz4 program.
  if (filter == "lz4" && content.empty()) {
    return std::string("\x04\x22\x4d\x18\x64\x40\xa7\0\0\0\0\x05\x5d\xcc\x02", 15);
  }
  return Archived("raw", filter, {{.path = "data", .content = std::string(content)}});
}

Content ReadAll(LogSource& source, std::size_t block_bytes) {
  Content all;
  std::string block(block_bytes, '\0');
  while (true) {
    const absl::StatusOr<std::size_t> count = source.Read(block.data(), block.size());
    if (!count.ok()) all.status = count.status();
    if (!count.ok() || *count == 0) return all;
    all.bytes.append(block, 0, *count);
  }
}

void LogFilesTest::SetUp() {
  absl::StatusOr<TemporaryDirectory> made = TemporaryDirectory::Make(testing::TempDir(), "pgassay-log-");
  ASSERT_TRUE(made.ok()) << made.status();
  directory_.emplace(*std::move(made));
}

std::string LogFilesTest::Write(const std::string& name, std::string_view content) const {
  std::ofstream(Path(name), std::ios::binary | std::ios::trunc) << content;
  return Path(name);
}

void LogFilesTest::Append(const std::string& name, std::string_view content) const {
  std::ofstream(Path(name), std::ios::binary | std::ios::app) << content;
}

}  // namespace pgassay::ingest
