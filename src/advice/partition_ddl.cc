#include "advice/partition_ddl.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "advice/ddl_steps.h"
#include "catalog/index_identity.h"
#include "catalog/index_sql.h"
#include "catalog/partitions.h"

namespace pgassay::advice {
namespace {

using catalog::QuotedName;

constexpr std::string_view kShortLock =
    "It takes a moment, but waits for transactions on the table while others wait behind it: set lock_timeout and "
    "repeat it where that strikes.";

// The index on one table of a partition tree.
struct Node {
  IndexDef def;
  QualifiedName index;
  const Index* existing = nullptr;  // attached, or finished where it is INVALID, instead of made
  bool partitioned = false;
  std::size_t parent = 0;  // position; the root is first and its own parent

  bool IsBuilt() const { return existing == nullptr && !partitioned; }
  bool IsComplete() const { return existing != nullptr && existing->valid; }
};

// An INVALID index on the partitioned table of `def` that is `def` but for missing parts.
const Index* FindUnfinished(const Snapshot& snapshot, const IndexDef& def) {
  const auto found = std::ranges::find_if(snapshot.indexes, [&](const Index& index) {
    return index.def.table == def.table && !index.valid && catalog::CanAttach(index, def);
  });
  return found == snapshot.indexes.end() ? nullptr : &*found;
}

Node MakeNode(IndexDef def, std::size_t parent, const Snapshot& snapshot) {
  Node node{.def = std::move(def), .parent = parent};
  const Relation* const relation = snapshot.FindRelation(node.def.table);
  node.partitioned = relation != nullptr && relation->kind == 'p';
  node.existing = catalog::FindPart(snapshot, node.def, true);
  if (node.existing == nullptr && node.partitioned) node.existing = FindUnfinished(snapshot, node.def);
  if (node.existing != nullptr) node.index = node.existing->name;
  return node;
}

// Level by level, so that parents come before their children. What is attached as a whole is not entered.
std::vector<Node> MakeTree(const IndexDef& def, const QualifiedName& name, const Snapshot& snapshot,
                           std::set<std::string>& taken) {
  std::vector<Node> tree = {MakeNode(def, 0, snapshot)};
  if (tree[0].existing == nullptr) tree[0].index = name;
  std::set<Oid> seen = {def.table};
  for (std::size_t i = 0; i < tree.size(); ++i) {
    if (!tree[i].partitioned || tree[i].IsComplete()) continue;
    for (const Oid child : catalog::ChildrenOf(snapshot, tree[i].def.table)) {
      std::optional<IndexDef> part = catalog::DefOn(def, child, snapshot);
      if (!part || !seen.insert(child).second) continue;
      Node node = MakeNode(*std::move(part), i, snapshot);
      if (node.existing == nullptr) {
        node.index = {snapshot.FindRelation(child)->name.schema, IndexName(node.def, snapshot, taken)};
      }
      tree.push_back(std::move(node));
    }
  }
  return tree;
}

std::string TableName(const IndexDef& def, const Snapshot& snapshot) {
  const Relation* const relation = snapshot.FindRelation(def.table);
  return relation == nullptr ? "" : QuotedName(relation->name);
}

DdlStep CreateOnly(const Node& node, const Snapshot& snapshot) {
  return {catalog::CreateIndexOnlySql(node.def, node.index.name, snapshot),
          absl::StrCat("SHARE on ", TableName(node.def, snapshot)),
          absl::StrCat("Holds no rows and stays INVALID until every partition's index is attached; partitions created "
                       "from now on get theirs by themselves. ",
                       std::string(kShortLock))};
}

DdlStep Attach(const Node& node, const Node& parent) {
  std::string note(kShortLock);
  if (node.existing != nullptr && node.IsComplete()) {
    note = absl::StrCat(
        "It exists already. If it turns out to be attached to another index, build one like the others and attach "
        "that. ",
        note);
  }
  return {absl::StrCat("ALTER INDEX ", QuotedName(parent.index), " ATTACH PARTITION ", QuotedName(node.index)),
          absl::StrCat("ACCESS EXCLUSIVE on index ", QuotedName(node.index)), std::move(note)};
}

std::vector<DdlStep> CreateSteps(const std::vector<Node>& tree, const Snapshot& snapshot) {
  std::vector<QualifiedName> made;
  std::vector<QualifiedName> built;
  for (const Node& node : tree) {
    if (node.existing == nullptr) made.push_back(node.index);
    if (node.IsBuilt()) built.push_back(node.index);
  }
  std::vector<DdlStep> steps;
  if (!built.empty()) steps.push_back(OldTransactions());
  if (!made.empty()) steps.push_back(NamesAreFree(made));
  for (const Node& node : tree) {
    if (node.partitioned && node.existing == nullptr) steps.push_back(CreateOnly(node, snapshot));
  }
  for (const Node& node : tree) {
    if (node.IsBuilt()) steps.push_back(BuildConcurrently(node.def, node.index.name, snapshot));
  }
  if (!built.empty()) steps.push_back(AreAllValid(built));
  for (std::size_t i = tree.size(); i-- > 1;) steps.push_back(Attach(tree[i], tree[tree[i].parent]));
  steps.push_back(IsValid(tree[0].index));
  steps.back().note =
      "Expect one row, true. Otherwise a partition was added that has no such index: build one and attach it.";
  return steps;
}

// CREATE INDEX as the source has it, but for tablespaces. A partitioned index is built as a whole.
DdlStep Restore(const Index& index, bool partitioned, const Snapshot& snapshot) {
  std::string sql = index.sql;
  if (sql.empty() || partitioned) sql = catalog::CreateIndexSql(index.def, index.name.name, false, snapshot);
  constexpr std::string_view word = "INDEX ";
  const std::size_t at = sql.find(word);
  if (at != std::string::npos) {
    sql.insert(at + word.size(), partitioned ? "IF NOT EXISTS " : "CONCURRENTLY IF NOT EXISTS ");
  }
  return {std::move(sql),
          absl::StrCat(partitioned ? "SHARE on " : "SHARE UPDATE EXCLUSIVE on ", TableName(index.def, snapshot),
                       partitioned ? " and its partitions" : ""),
          "It was there before and went with the index that it was attached to."};
}

std::vector<DdlStep> UndoSteps(const std::vector<Node>& tree, const Snapshot& snapshot) {
  const auto drop = [](const Node& node) { return absl::StrCat("DROP INDEX IF EXISTS ", QuotedName(node.index)); };
  std::vector<DdlStep> steps = {
      {drop(tree[0]), absl::StrCat("ACCESS EXCLUSIVE on ", TableName(tree[0].def, snapshot), " and all its partitions"),
       absl::StrCat("Takes along every index that is attached to it. PostgreSQL drops no partitioned index "
                    "CONCURRENTLY. ",
                    std::string(kShortLock))}};
  constexpr std::string_view note = "Left only where it had not been attached yet.";
  for (std::size_t i = 1; i < tree.size(); ++i) {
    const Node& node = tree[i];
    if (node.partitioned && !node.IsComplete()) {
      steps.push_back({drop(node),
                       absl::StrCat("ACCESS EXCLUSIVE on ", TableName(node.def, snapshot), " and all its partitions"),
                       std::string(note)});
    }
  }
  for (const Node& node : tree) {
    if (!node.IsBuilt()) continue;
    steps.push_back(DropIndexSteps(node.index).front());
    absl::StrAppend(&steps.back().note, " ", std::string(note));
  }
  for (std::size_t i = 1; i < tree.size(); ++i) {
    if (tree[i].IsComplete()) steps.push_back(Restore(*tree[i].existing, tree[i].partitioned, snapshot));
  }
  return steps;
}

}  // namespace

IndexDdl PartitionedIndexDdl(const IndexDef& def, const QualifiedName& name, const Snapshot& snapshot,
                             std::set<std::string>& taken) {
  const std::vector<Node> tree = MakeTree(def, name, snapshot, taken);
  return {.create = CreateSteps(tree, snapshot), .undo = UndoSteps(tree, snapshot)};
}

IndexDdl MemberIndexDdl(const IndexDef& def, const QualifiedName& name, const Snapshot& snapshot,
                        std::set<std::string>& taken) {
  IndexDdl ddl;
  std::vector<QualifiedName> names;
  std::vector<DdlStep> builds;
  for (const IndexDef& part : catalog::Parts(def, snapshot)) {
    QualifiedName index = name;
    if (part.table != def.table) {
      index = {snapshot.FindRelation(part.table)->name.schema, IndexName(part, snapshot, taken)};
    }
    builds.push_back(BuildConcurrently(part, index.name, snapshot));
    ddl.undo.push_back(DropIndexSteps(index).front());
    names.push_back(std::move(index));
  }
  if (builds.empty()) return ddl;
  absl::StrAppend(&builds.front().note,
                  snapshot.FindRelation(def.table)->kind == 'p'
                      ? " A foreign partition keeps an index on the partitioned table from becoming valid, so each "
                        "partition gets one of its own; partitions created later need theirs."
                      : " Tables that inherit have indexes of their own; tables that are made to inherit later need "
                        "theirs.");
  ddl.create = {OldTransactions(), NamesAreFree(names)};
  ddl.create.insert(ddl.create.end(), std::make_move_iterator(builds.begin()), std::make_move_iterator(builds.end()));
  ddl.create.push_back(AreAllValid(names));
  return ddl;
}

}  // namespace pgassay::advice
