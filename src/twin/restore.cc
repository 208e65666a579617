#include "twin/restore.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "sql/definition.h"
#include "sql/script.h"
#include "sql/statement.h"

namespace pgassay::twin {
namespace {

// Extensions that define types, operators and functions for queries and reach neither network nor files. Foreign data
// wrappers and procedural languages are left out on purpose.
constexpr std::string_view kExtensions[] = {
    "bloom",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dict_int",
    "dict_xsyn",
    "earthdistance",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "pg_trgm",
    "pgcrypto",
    "pg_stat_statements",
    "pgstattuple",
    "postgis",
    "prefix",
    "seg",
    "tablefunc",
    "tcn",
    "unaccent",
    "uuid-ossp",
    "vector",
    "ip4r",
    "hll",
    "semver",
    "rum",
    "pg_similarity",
    "periods",
    "roaringbitmap",
};

// Statements of a dump that build what the planner looks at.
constexpr std::string_view kRestored[] = {
    "CreateSchemaStmt",
    "CreateStmt",
    "CreateForeignServerStmt",
    "CreateForeignTableStmt",
    "IndexStmt",
    "AlterTableStmt",
    "ViewStmt",
    "CreateFunctionStmt",
    "DefineStmt",
    "CompositeTypeStmt",
    "CreateEnumStmt",
    "CreateRangeStmt",
    "CreateDomainStmt",
    "AlterDomainStmt",
    "AlterEnumStmt",
    "CreateSeqStmt",
    "AlterSeqStmt",
    "RuleStmt",
    "CreatePolicyStmt",
    "CreateTableAsStmt",
    "CreateStatsStmt",
    "CreateCastStmt",
    "CreateOpClassStmt",
    "CreateOpFamilyStmt",
    "AlterOpFamilyStmt",
    "AlterTypeStmt",
    "AlterTSConfigurationStmt",
    "CreateConversionStmt",
    "CreateTransformStmt",
    "AlterOperatorStmt",
    "AlterStatsStmt",
    "CreateTrigStmt",
};

// Statements that a dump always has and the twin does not need.
constexpr std::string_view kNotNeeded[] = {
    "VariableSetStmt",
    "SelectStmt",
    "CommentStmt",
    "GrantStmt",
    "GrantRoleStmt",
    "AlterDefaultPrivilegesStmt",
    "AlterOwnerStmt",
    "CreateExtensionStmt",
    "CreateFdwStmt",
    "CreateUserMappingStmt",
    "SecLabelStmt",
    "AlterDatabaseSetStmt",
    "CreatePublicationStmt",
    "AlterPublicationStmt",
    "CreateSubscriptionStmt",
    "CreateEventTrigStmt",
    "AlterEventTrigStmt",
    "AlterObjectDependsStmt",
    "AlterExtensionContentsStmt",
};

// How pg_dump begins them.
constexpr std::string_view kCreateServer = "CREATE SERVER ";

// Definitions take milliseconds on empty tables; only code of the schema takes longer.
constexpr int kMostTimeouts = 2;

// Statements in one round trip and transaction: a schema of 2,000 tables has 8,000 of them, and waiting for each other
// costs client and server more than the work. If one fails, all of them are sent again one by one.
constexpr std::size_t kBatch = 100;

template <std::size_t N>
bool Has(const std::string_view (&names)[N], std::string_view name) {
  return std::ranges::find(names, name) != std::end(names);
}

// Errors after which the next statement cannot be tried either.
bool IsFatal(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

std::string Beginning(std::string_view statement) {
  constexpr std::size_t kShown = 80;
  std::string text = Printable(statement.substr(0, kShown));
  if (statement.size() > kShown) text += "...";
  return text;
}

// Names a single statement's node; a text that the grammar does not know is reported by an error.
absl::StatusOr<std::string> NodeOf(std::string_view statement) {
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::string> nodes, sql::NodeNames(statement));
  if (nodes.size() != 1) return absl::InvalidArgumentError("not one statement");
  return nodes.front();
}

// Sends statements in batches. What is not restored is listed in the order of the script.
class Restorer {
 public:
  Restorer(pg::Session& owner, std::vector<NotRestored>& not_restored) : owner_(owner), not_restored_(not_restored) {}

  absl::Status Add(std::string_view statement) {
    batch_.push_back(statement);
    return batch_.size() < kBatch ? absl::OkStatus() : Flush();
  }

  absl::Status Refuse(std::string_view statement, std::string_view reason) {
    PGASSAY_RETURN_IF_ERROR(Flush());
    List(statement, reason);
    return absl::OkStatus();
  }

  absl::Status Flush() {
    const std::vector<std::string_view> batch = std::exchange(batch_, {});
    std::string script;
    // A statement may end in a comment of its line.
    for (const std::string_view statement : batch) absl::StrAppend(&script, ToAbsl(statement), "\n;");
    if (batch.size() > 1 && owner_.Execute(script).ok()) return absl::OkStatus();
    for (const std::string_view statement : batch) PGASSAY_RETURN_IF_ERROR(SendAlone(statement));
    return absl::OkStatus();
  }

 private:
  absl::Status SendAlone(std::string_view statement) {
    const absl::Status sent = owner_.Query(statement).status();
    if (IsFatal(sent)) return Annotate(sent, "restoring the schema");
    if (absl::IsDeadlineExceeded(sent) && ++timeouts_ == kMostTimeouts) {
      return absl::InvalidArgumentError(
          absl::StrCat("restoring the schema: ", kMostTimeouts,
                       " of its statements did not end within 30 s, the last: ", Beginning(statement)));
    }
    const bool already_there = pg::SqlState(sent) == "42P06";  // a schema that an extension needed first
    if (!sent.ok() && !already_there) List(statement, FromAbsl(sent.message()));
    return absl::OkStatus();
  }

  void List(std::string_view statement, std::string_view reason) {
    NotRestored item{.what = Beginning(statement), .reason = std::string(reason)};
    if (absl::StatusOr<sql::RelationName> object = sql::DefinedObject(statement); object.ok()) {
      item.object = {.schema = std::move(object->schema), .name = std::move(object->name)};
    }
    not_restored_.push_back(std::move(item));
  }

  pg::Session& owner_;
  std::vector<NotRestored>& not_restored_;
  std::vector<std::string_view> batch_;
  int timeouts_ = 0;
};

// Why a statement is not sent; empty: it is.
std::string WhyRefused(std::string_view statement, std::string_view node) {
  if (!Has(kRestored, node)) return absl::StrCat("statements of kind ", ToAbsl(node), " are not restored");
  // A dump never fills a materialized view; a text that does would run its query.
  if (node == "CreateTableAsStmt" && !statement.ends_with("WITH NO DATA")) {
    return "only CREATE MATERIALIZED VIEW ... WITH NO DATA is restored";
  }
  return "";
}

}  // namespace

absl::StatusOr<std::set<std::string>> CreateWrappers(const Snapshot& snapshot, pg::Session& superuser) {
  std::set<std::string> wrappers;
  const std::string_view text = snapshot.schema_sql;
  if (text.find(kCreateServer) == std::string_view::npos) return wrappers;
  for (const sql::ScriptPiece& part : sql::SplitScript(text)) {
    const std::string_view statement = text.substr(part.piece.begin, part.piece.end - part.piece.begin);
    if (part.part != sql::ScriptPart::kStatement || !statement.starts_with(kCreateServer)) continue;
    const absl::StatusOr<std::string> wrapper = sql::WrapperOfServer(statement);
    if (wrapper.ok() && !wrapper->empty()) wrappers.insert(*wrapper);
  }
  for (const std::string& wrapper : wrappers) {
    const std::string name = QuoteIdentifier(wrapper);
    const absl::Status made = superuser.Execute(absl::StrCat(
        "CREATE FOREIGN DATA WRAPPER ", name,
        " HANDLER pg_catalog.pgassay_foreign NO VALIDATOR; GRANT USAGE ON FOREIGN DATA WRAPPER ", name, " TO PUBLIC"));
    if (IsFatal(made)) return made;  // else its servers are refused, and listed
  }
  return wrappers;
}

absl::Status CreateExtensions(const Snapshot& snapshot, const std::set<std::string>& wrappers, pg::Session& superuser,
                              std::vector<NotRestored>& not_restored) {
  for (const Extension& extension : snapshot.extensions) {
    if (extension.name == "plpgsql" || wrappers.contains(extension.name)) continue;  // initdb or CreateWrappers made it
    const std::string what = absl::StrCat("extension ", Printable(extension.name));
    if (!Has(kExtensions, extension.name)) {
      not_restored.push_back({.what = what,
                              .reason = "it is not on the list of extensions that the private server may load",
                              .extension = extension.name,
                              .extension_refused = true});
      continue;
    }
    std::string sql;
    if (extension.schema != "pg_catalog" && extension.schema != "public" && !extension.schema.empty()) {
      absl::StrAppend(&sql, "CREATE SCHEMA IF NOT EXISTS ", QuoteIdentifier(extension.schema),
                      " AUTHORIZATION pgassay_owner;");
    }
    absl::StrAppend(&sql, "CREATE EXTENSION IF NOT EXISTS ", QuoteIdentifier(extension.name));
    if (!extension.schema.empty()) absl::StrAppend(&sql, " SCHEMA ", QuoteIdentifier(extension.schema));
    const absl::Status created = superuser.Execute(absl::StrCat(sql, " CASCADE"));
    if (IsFatal(created)) return created;
    if (!created.ok()) {
      not_restored.push_back({.what = what, .reason = std::string(created.message()), .extension = extension.name});
    }
  }
  return absl::OkStatus();
}

absl::Status RestoreSchema(const Snapshot& snapshot, pg::Session& owner, std::vector<NotRestored>& not_restored) {
  PGASSAY_RETURN_IF_ERROR(
      owner.Execute(absl::StrCat(ToAbsl(kReadBackSql),
                                 "SET check_function_bodies = off; SET search_path = ''; SET default_tablespace = ''; "
                                 "SET row_security = off; SET statement_timeout = '30s'")));
  const std::string_view text = snapshot.schema_sql;
  Restorer restorer(owner, not_restored);
  for (const sql::ScriptPiece& part : sql::SplitScript(text)) {
    if (part.part == sql::ScriptPart::kLineComment) continue;
    const std::string_view statement = text.substr(part.piece.begin, part.piece.end - part.piece.begin);
    if (part.part != sql::ScriptPart::kStatement) {
      const bool broken = part.part == sql::ScriptPart::kBroken;
      PGASSAY_RETURN_IF_ERROR(restorer.Refuse(statement, broken ? part.message : "commands of psql are never run"));
      continue;
    }
    const absl::StatusOr<std::string> node = NodeOf(statement);
    if (!node.ok()) {
      PGASSAY_RETURN_IF_ERROR(restorer.Refuse(statement, FromAbsl(node.status().message())));
      continue;
    }
    if (Has(kNotNeeded, *node)) continue;
    const std::string refused = WhyRefused(statement, *node);
    PGASSAY_RETURN_IF_ERROR(refused.empty() ? restorer.Add(statement) : restorer.Refuse(statement, refused));
  }
  return restorer.Flush();
}

}  // namespace pgassay::twin
