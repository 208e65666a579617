#include "candidates/explain.h"

#include "advice/reason_codes.h"
#include "catalog/partitions.h"

namespace pgassay::candidates {
namespace {

bool IsSystemSchema(std::string_view schema) {
  return schema == "information_schema" || schema.starts_with("pg_");  // PostgreSQL reserves the prefix
}

}  // namespace

std::string_view WhyUnsupported(const Snapshot& snapshot, const Relation& relation) {
  if (IsSystemSchema(relation.name.schema)) {
    return "It belongs to the system.";
  }
  if (relation.persistence == 't') {
    return "It is a temporary table, gone with its session.";
  }
  switch (relation.kind) {
    case 'r':
    case 'm':
      return {};
    case 'p':
      if (catalog::IndexedTables(snapshot, relation.oid).empty()) {
        return "It is a partitioned table without a partition that holds rows here.";
      }
      return {};
    case 'f':
      return "It is a foreign table; index it on the server that holds it.";
    default:
      return "It is no table.";
  }
}

UnservedText ExplainUnserved(std::string_view code) {
  if (code == reason::kNeedsExpression) {
    return {"expression", "An index on plain columns does not serve a clause on an expression."};
  }
  if (code == reason::kForeignOperator) {
    return {"operator", "The operator or collation is none that the column's default B-tree operator class serves."};
  }
  return {"system column", "PostgreSQL does not index system columns."};
}

std::string ExplainVerdict(const Verdict& verdict, std::string_view by, bool on_members) {
  const std::string_view code = verdict.code;
  std::string text(by);
  if (verdict.for_statement) {
    text += " has the columns that the statement searches by and does its work";
  } else if (code == reason::kExists) {
    text += " is the same index";
  } else if (code == reason::kCoveredByExisting) {
    text += " begins with the same columns and does its work";
  } else {
    text += " is unique on columns that are all in it, so the remaining columns find no fewer rows";
  }
  text += on_members ? "; every table that holds the rows has such an index." : ".";
  return text;
}

}  // namespace pgassay::candidates
