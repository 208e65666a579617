#pragma once

// Looks through a syntax tree by protobuf-c's descriptors, so that no kind of node is forgotten. Private to module sql.

#include <vector>

#include "sql/statement.h"

struct ProtobufCMessage;

namespace pgassay::sql {

struct NamesInTree {
  std::vector<RelationName> relations;  // sorted, unique
  bool has_parameters = false;
};

// The relations that `root` names, its own common table expressions left out where they are visible: within the
// statement that has the WITH clause, in its later common table expressions, and with RECURSIVE in all of them. A name
// with a schema, and the target of INSERT, UPDATE, DELETE or MERGE, is never one. Recurses: check NestingBound first.
NamesInTree FindNames(const ProtobufCMessage& root);

}  // namespace pgassay::sql
