#include "evidence/read_only_proof.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "advice/reason_codes.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "sql/read_only.h"
#include "sql/statement.h"

namespace pgassay::evidence {
namespace {

// A chain of views and functions longer than this is not followed to its end.
constexpr int kMostRounds = 64;

// Extensions whose C functions have no effect but their result, as far as they are not volatile.
constexpr std::string_view kExtensions[] = {
    "btree_gin", "btree_gist", "citext",   "cube",    "earthdistance", "fuzzystrmatch", "hstore",    "intarray", "isn",
    "ltree",     "pg_trgm",    "pgcrypto", "postgis", "seg",           "unaccent",      "uuid-ossp", "vector",
};

// Built-in functions that are not volatile and do more than compute: they run queries over whole tables or schemas, or
// take a transaction id.
constexpr std::string_view kMoreThanReading[] = {
    "cursor_to_xml",
    "cursor_to_xmlschema",
    "database_to_xml",
    "database_to_xml_and_xmlschema",
    "database_to_xmlschema",
    "pg_current_xact_id",
    "query_to_xml",
    "query_to_xml_and_xmlschema",
    "query_to_xmlschema",
    "schema_to_xml",
    "schema_to_xml_and_xmlschema",
    "schema_to_xmlschema",
    "table_to_xml",
    "table_to_xml_and_xmlschema",
    "table_to_xmlschema",
    "ts_stat",
    "txid_current",
};

template <std::size_t kCount>
bool IsIn(const std::string_view (&list)[kCount], std::string_view name) {
  return std::ranges::find(list, name) != std::end(list);
}

std::string NameOf(const CalledFunction& function) {
  return Printable(function.schema == "pg_catalog"
                       ? QuoteIdentifier(function.name)
                       : QuoteIdentifier(function.schema) + "." + QuoteIdentifier(function.name));
}

Verdict Refused(std::string_view code, std::string reason) {
  return {.code = std::string(code), .reason = std::move(reason)};
}

Verdict VerdictOf(sql::ReadProblem problem) {
  switch (problem) {
    case sql::ReadProblem::kNone:
      return {};
    case sql::ReadProblem::kWrites:
      return Refused(reason::kWrites, "It is not a query, or writes within WITH or INTO.");
    case sql::ReadProblem::kLocksRows:
      return Refused(reason::kLocksRows, "It locks rows (FOR UPDATE or its like).");
    case sql::ReadProblem::kParameters:
      return Refused(reason::kHasParameters, "It has parameters without values.");
    case sql::ReadProblem::kUnknown:
      break;
  }
  return Refused(reason::kNotProven, "It has something in it that is not known to be harmless.");
}

Verdict JudgeRelation(const CalledRelation& relation) {
  const std::string name = Printable(relation.name);
  if (relation.kind == 'f') {
    return Refused(reason::kForeignTable, absl::StrCat("It reads the foreign table ", name, "."));
  }
  if (std::string_view("rpmv").find(relation.kind) == std::string_view::npos) {
    return Refused(reason::kNotProven, absl::StrCat(name, " is no table and no view."));
  }
  return {};
}

}  // namespace

// What is still to be looked at for one statement, and what was.
struct ReadOnlyProof::Walk {
  CalledOids next;
  std::set<Oid> relations, functions, operators, types;
  const std::vector<std::string>& path;

  void Add(const CalledOids& oids, const std::set<Oid>& harmless) {
    const auto add = [](const std::vector<Oid>& from, std::set<Oid>& seen, std::vector<Oid>& to) {
      for (const Oid oid : from) {
        if (oid.value != 0 && seen.insert(oid).second) to.push_back(oid);
      }
    };
    add(oids.relations, relations, next.relations);
    add(oids.operators, operators, next.operators);
    add(oids.types, types, next.types);
    add(oids.functions, functions, next.functions);
    std::erase_if(next.functions, [&](Oid oid) { return harmless.contains(oid); });
  }
};

Verdict ReadOnlyProof::JudgeFunction(const CalledFunction& function) const {
  const std::string name = NameOf(function);
  // They are called volatile because samples differ; all they do is choose rows.
  if (function.builtin && (function.name == "system" || function.name == "bernoulli")) return {};
  if (function.volatility == 'v') {
    return Refused(reason::kCallsVolatile, absl::StrCat("It may call the volatile function ", name, "."));
  }
  if (function.builtin) {
    if (!IsIn(kMoreThanReading, function.name)) return {};
    return Refused(reason::kCallsVolatile, absl::StrCat("It may call ", name, ", which does more than compute."));
  }
  if (function.configured) {
    return Refused(reason::kNotProven, absl::StrCat("The function ", name, " changes settings while it runs."));
  }
  if (function.language == "sql") return {};
  if (!function.extension.empty() && IsIn(kExtensions, function.extension)) return {};
  if (!function.trusted_language) {
    return Refused(reason::kCallsUntrusted,
                   absl::StrCat("It may call ", name, ", which is written in ", Printable(function.language), "."));
  }
  return Refused(reason::kNotProven, absl::StrCat("What the function ", name, " does, written in ",
                                                  Printable(function.language), ", cannot be proven."));
}

// A body that is text is parsed when it runs, so its names mean what they mean to the caller.
absl::StatusOr<Verdict> ReadOnlyProof::JudgeBody(const CalledFunction& function, Walk& walk) {
  if (function.builtin || function.body.empty()) return Verdict();
  const auto refuse = [&](std::string_view code) {
    return Refused(code, absl::StrCat("It may call ", NameOf(function), ", whose body is not proven to read only."));
  };
  const absl::StatusOr<std::vector<sql::Piece>> pieces = sql::Split(function.body);
  if (!pieces.ok()) return refuse(reason::kNotProven);
  for (const sql::Piece& piece : *pieces) {
    const absl::StatusOr<sql::ReadCheck> check = sql::CheckRead(
        std::string_view(function.body).substr(piece.begin, piece.end - piece.begin), sql::Parameters::kAllowed);
    if (!check.ok()) return refuse(reason::kNotProven);
    if (check->problem != sql::ReadProblem::kNone) return refuse(VerdictOf(check->problem).code);
    std::string unknown;
    PGASSAY_ASSIGN_OR_RETURN(const CalledOids oids, Resolve(check->names, walk.path, session_, unknown));
    if (!unknown.empty()) return refuse(reason::kNotProven);
    walk.Add(oids, harmless_);
  }
  return Verdict();
}

absl::StatusOr<Verdict> ReadOnlyProof::Follow(Walk& walk) {
  for (int round = 0; round < kMostRounds; ++round) {
    if (walk.next.empty()) return Verdict();
    const CalledOids asked = std::exchange(walk.next, {});
    PGASSAY_ASSIGN_OR_RETURN(const Called called, LookUp(asked, session_));
    if (!called.unknown.empty()) return Refused(reason::kUnknownRelation, "It needs " + called.unknown + ".");
    if (called.locks_rows) return Refused(reason::kLocksRows, "A view that it reads locks rows.");
    for (const CalledRelation& relation : called.relations) {
      if (Verdict verdict = JudgeRelation(relation); !verdict.ok()) return verdict;
    }
    for (const CalledFunction& function : called.functions) {
      if (Verdict verdict = JudgeFunction(function); !verdict.ok()) return verdict;
      PGASSAY_ASSIGN_OR_RETURN(Verdict body, JudgeBody(function, walk));
      if (!body.ok()) return body;
    }
    walk.Add(called.calls, harmless_);
  }
  return Refused(reason::kNotProven, "What it calls calls too much else.");
}

absl::StatusOr<Verdict> ReadOnlyProof::Judge(std::string_view statement, const std::vector<std::string>& path) {
  const absl::StatusOr<sql::ReadCheck> check = sql::CheckRead(statement);
  if (!check.ok()) return Refused(reason::kUnparsable, std::string(check.status().message()));
  if (Verdict verdict = VerdictOf(check->problem); !verdict.ok()) return verdict;
  Walk walk{.next = {}, .relations = {}, .functions = {}, .operators = {}, .types = {}, .path = path};
  std::string unknown;
  PGASSAY_ASSIGN_OR_RETURN(const CalledOids oids, Resolve(check->names, path, session_, unknown));
  if (!unknown.empty()) {
    return Refused(reason::kUnknownRelation,
                   absl::StrCat("The server has no table ", Printable(unknown), " where it looks."));
  }
  walk.Add(oids, harmless_);
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<Oid> casts, CastFunctions(session_));
  walk.Add({.relations = {}, .functions = casts, .operators = {}, .types = {}}, harmless_);
  PGASSAY_ASSIGN_OR_RETURN(Verdict verdict, Follow(walk));
  // Together they are closed: none of them calls anything that was not judged.
  if (verdict.ok()) harmless_.insert(walk.functions.begin(), walk.functions.end());
  return verdict;
}

}  // namespace pgassay::evidence
