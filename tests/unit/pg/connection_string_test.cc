#include "pg/connection_string.h"

#include <gtest/gtest.h>

#include <string>

namespace pgassay::pg {
namespace {

ConnectOptions Isolated(std::string conninfo) {
  ConnectOptions options;
  options.conninfo = std::move(conninfo);
  options.ignore_environment = true;
  return options;
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ConnectionString, QuotesValues) {
  EXPECT_EQ(QuoteConnectionValue("it's \\ x"), "'it\\'s \\\\ x'");
}

TEST(ConnectionString, EscapesSettings) {
  EXPECT_EQ(SettingsOption({{"a", "on"}, {"search_path", "x, \"y\\\""}}), " -c a=on -c search_path=x,\\ \"y\\\\\"");
  EXPECT_EQ(SettingsOption({}), "");
}

TEST(ConnectionString, ReadsUrisAndNames) {
  const absl::StatusOr<std::string> uri = BuildConnectionString(Isolated("postgresql://me:p%20w@h:7/d"));
  ASSERT_TRUE(uri.ok()) << uri.status();
  EXPECT_TRUE(Has(*uri, "host='h'") && Has(*uri, "password='p w'") && Has(*uri, "port='7'") && Has(*uri, "dbname='d'"))
      << *uri;
  ConnectOptions name;
  name.conninfo = "shop";
  const absl::StatusOr<std::string> plain = BuildConnectionString(name);
  ASSERT_TRUE(plain.ok());
  EXPECT_TRUE(Has(*plain, "dbname='shop'"));
}

TEST(ConnectionString, IsolatedOnesNameEverythingThatTheEnvironmentCould) {
  const absl::StatusOr<std::string> text = BuildConnectionString(Isolated("host=h user=u dbname=d sslmode=require"));
  ASSERT_TRUE(text.ok()) << text.status();
  for (const char* part : {"port='5432'", "hostaddr=''", "options=''", "passfile='/dev/null/none'", "sslmode='require'",
                           "gssencmode='prefer'", "client_encoding='UTF8'", "application_name='pgassay'"}) {
    EXPECT_TRUE(Has(*text, part)) << part;
  }
  for (const char* incomplete : {"user=u dbname=d", "host=h dbname=d", "host=h user=u", ""}) {
    EXPECT_TRUE(absl::IsInvalidArgument(BuildConnectionString(Isolated(incomplete)).status())) << incomplete;
  }
}

TEST(ConnectionString, KeepsTheCallersOptionsInFront) {
  ConnectOptions options = Isolated("host=h user=u dbname=d options='-c geqo=off'");
  options.settings = {{"jit", "off"}};
  const absl::StatusOr<std::string> text = BuildConnectionString(options);
  ASSERT_TRUE(text.ok());
  EXPECT_TRUE(Has(*text, "options='-c geqo=off -c jit=off'")) << *text;
}

TEST(ConnectionString, ErrorsRepeatNothing) {
  for (const std::string& conninfo :
       {std::string("password=s3cret x"), std::string("postgresql://u:s3%ret@h/"), std::string("a=b\0s3cret", 10)}) {
    const absl::Status status = BuildConnectionString(Isolated(conninfo)).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status));
    EXPECT_FALSE(Has(std::string(status.message()), "s3")) << status;
  }
}

}  // namespace
}  // namespace pgassay::pg
