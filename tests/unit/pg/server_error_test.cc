#include "pg/server_error.h"

#include <gtest/gtest.h>

#include <string>

#include "pg/session.h"

namespace pgassay::pg {
namespace {

TEST(ServerError, CodesFollowTheSqlstate) {
  const std::pair<const char*, absl::StatusCode> cases[] = {
      {"28P01", absl::StatusCode::kUnauthenticated},   {"28000", absl::StatusCode::kUnauthenticated},
      {"42501", absl::StatusCode::kPermissionDenied},  {"3D000", absl::StatusCode::kNotFound},
      {"57014", absl::StatusCode::kDeadlineExceeded},  {"55P03", absl::StatusCode::kDeadlineExceeded},
      {"53300", absl::StatusCode::kResourceExhausted}, {"53200", absl::StatusCode::kResourceExhausted},
      {"40001", absl::StatusCode::kAborted},           {"08006", absl::StatusCode::kUnavailable},
      {"57P01", absl::StatusCode::kUnavailable},       {"42601", absl::StatusCode::kInvalidArgument},
      {"XX000", absl::StatusCode::kInvalidArgument},   {"", absl::StatusCode::kUnavailable},
  };
  for (const auto& [sqlstate, code] : cases) {
    const absl::Status status = ServerError(sqlstate, "what happened");
    EXPECT_EQ(status.code(), code) << sqlstate;
    EXPECT_EQ(SqlState(status), sqlstate);
  }
  EXPECT_TRUE(absl::IsCancelled(ServerError("57014", "canceling statement", true)));
  EXPECT_EQ(ServerError("42P01", "a\nb\n\tc ").message(), "a b c (SQLSTATE 42P01)");
}

TEST(ConnectionError, FindsTheSqlstateInAnyLanguage) {
  const absl::Status german = ConnectionError(
      "connection to server at \"h\" (::1), port 5432 failed: FATAL:  28P01: Passwort-Authentifizierung "
      "fehlgeschlagen\n"
      "ORT:  auth_failed, auth.c:326\n",
      "database d at h");
  EXPECT_TRUE(absl::IsUnauthenticated(german));
  EXPECT_EQ(german.message(),
            "cannot connect to database d at h: Passwort-Authentifizierung fehlgeschlagen; check the user, and give "
            "the password with "
            "PGPASSWORD or a password file (~/.pgpass) (SQLSTATE 28P01)");
  const absl::Status refused =
      ConnectionError("connection to server at \"h\", port 1 failed: Connection refused\n\tIs it running?\n", "x");
  EXPECT_TRUE(absl::IsUnavailable(refused));
  EXPECT_EQ(SqlState(refused), "");
  EXPECT_NE(std::string(refused.message()).find("Connection refused Is it running?; check host and port"),
            std::string::npos);
  const absl::Status pooler = ConnectionError("FATAL:  08P01: unsupported startup parameter: options\n", "x");
  EXPECT_NE(std::string(pooler.message()).find("connection pooler"), std::string::npos);
  EXPECT_EQ(SqlState(ConnectionError("::  ", "x")), "");
}

}  // namespace
}  // namespace pgassay::pg
