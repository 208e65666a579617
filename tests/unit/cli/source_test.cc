#include "cli/source.h"

#include "gtest/gtest.h"

namespace pgassay::cli {
namespace {

TEST(Source, FilesAndConnectionStringsAreToldApart) {
  EXPECT_EQ(*ClassifySource("no/such/file.assay"), SourceKind::kFile);
  EXPECT_EQ(*ClassifySource("/"), SourceKind::kFile)
      << "what exists is a file; that it is a directory is told on reading";
  EXPECT_EQ(*ClassifySource("host=db dbname=shop"), SourceKind::kConnection);
  EXPECT_EQ(*ClassifySource("postgresql://db/shop.assay"), SourceKind::kConnection);
  EXPECT_EQ(*ClassifySource("postgres://"), SourceKind::kConnection);
}

TEST(Source, NeitherExplainsBoth) {
  const absl::Status status = ClassifySource("shop").status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_NE(status.message().find("'shop'"), absl::string_view::npos);
  EXPECT_NE(status.message().find("assay file"), absl::string_view::npos);
  EXPECT_NE(status.message().find("postgresql://"), absl::string_view::npos);
}

TEST(Source, WhatMayHoldAPasswordIsNotRepeated) {
  EXPECT_EQ(ClassifySource("postgresql:/app:secret@db/shop").status().message().find("secret"),
            absl::string_view::npos);
  for (const char* const uri :
       {"postgresql://app:s@cret@db/shop", "postgresql://app:s/cret@db/shop", "postgres://a@b@c"}) {
    const absl::Status status = CheckConnection(uri);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << uri;
    EXPECT_EQ(status.message().find("cret"), absl::string_view::npos);
  }
  for (const char* const uri : {"postgresql://app:secret@db:5432/shop?sslmode=require", "postgresql:///my@db",
                                "host=a password=x@y", "postgresql://db?user=a@b"}) {
    EXPECT_TRUE(CheckConnection(uri).ok()) << uri;
  }
}

}  // namespace
}  // namespace pgassay::cli
