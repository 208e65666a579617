#include "sql/tree.h"

#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>

#include "sql/tree_walk.h"

namespace pgassay::sql {
namespace {

// Common table expressions that are visible, innermost first.
struct Scope {
  const Scope* outer = nullptr;
  std::vector<std::string_view> names;

  bool Sees(std::string_view name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer) {
      if (std::find(scope->names.begin(), scope->names.end(), name) != scope->names.end()) {
        return true;
      }
    }
    return false;
  }
};

class Finder {
 public:
  void Visit(const ProtobufCMessage& message, const Scope& scope) {
    const ProtobufCMessageDescriptor* const type = message.descriptor;
    if (type == &pg_query__node__descriptor) {
      VisitNode(message, scope);
    } else if (type == &pg_query__range_var__descriptor) {
      AddRelation(As<PgQuery__RangeVar>(message));  // a member of its own: the target of the statement
    } else if (type == &pg_query__param_ref__descriptor) {
      has_parameters_ = true;
    } else if (type == &pg_query__locking_clause__descriptor) {
      return;  // FOR UPDATE OF names aliases
    } else {
      VisitMembers(message, scope);
    }
  }

  NamesInTree Take() && { return {{relations_.begin(), relations_.end()}, has_parameters_}; }

 private:
  void VisitNode(const ProtobufCMessage& message, const Scope& scope) {
    const auto& node = As<PgQuery__Node>(message);
    if (node.node_case == PG_QUERY__NODE__NODE__NOT_SET) {
      return;
    }
    if (node.node_case == PG_QUERY__NODE__NODE_RANGE_VAR) {
      const PgQuery__RangeVar& range_var = *node.range_var;
      if (std::string_view(range_var.schemaname).empty() && scope.Sees(range_var.relname)) {
        return;
      }
      AddRelation(range_var);
      return;
    }
    const ProtobufCFieldDescriptor* const field =
        protobuf_c_message_descriptor_get_field(message.descriptor, static_cast<unsigned>(node.node_case));
    ForEachChild(message, *field, [this, &scope](const ProtobufCMessage& child) { Visit(child, scope); });
  }

  void VisitMembers(const ProtobufCMessage& message, const Scope& scope) {
    const ProtobufCMessageDescriptor& type = *message.descriptor;
    Scope inner{.outer = &scope};
    const auto visit_with = [this, &inner](const ProtobufCMessage& child) {
      VisitWith(As<PgQuery__WithClause>(child), inner);
    };
    const auto visit_in_inner = [this, &inner](const ProtobufCMessage& child) { Visit(child, inner); };
    for (unsigned i = 0; i < type.n_fields; ++i) {
      if (type.fields[i].descriptor == &pg_query__with_clause__descriptor) {
        ForEachChild(message, type.fields[i], visit_with);
      }
    }
    for (unsigned i = 0; i < type.n_fields; ++i) {
      if (type.fields[i].descriptor != &pg_query__with_clause__descriptor) {
        ForEachChild(message, type.fields[i], visit_in_inner);
      }
    }
  }

  // Leaves all names of the clause in `scope`.
  void VisitWith(const PgQuery__WithClause& with, Scope& scope) {
    if (with.recursive) {
      for (std::size_t i = 0; i < with.n_ctes; ++i) {
        AddName(*with.ctes[i], scope);
      }
    }
    for (std::size_t i = 0; i < with.n_ctes; ++i) {
      Visit(with.ctes[i]->base, scope);
      if (!with.recursive) {
        AddName(*with.ctes[i], scope);
      }
    }
  }

  static void AddName(const PgQuery__Node& node, Scope& scope) {
    if (node.node_case == PG_QUERY__NODE__NODE_COMMON_TABLE_EXPR) {
      scope.names.emplace_back(node.common_table_expr->ctename);
    }
  }

  void AddRelation(const PgQuery__RangeVar& range_var) {
    relations_.insert({.schema = range_var.schemaname, .name = range_var.relname});
  }

  std::set<RelationName> relations_;
  bool has_parameters_ = false;
};

}  // namespace

NamesInTree FindNames(const ProtobufCMessage& root) {
  Finder finder;
  finder.Visit(root, Scope{});
  return std::move(finder).Take();
}

}  // namespace pgassay::sql
