#include "nplusone/statement_role.h"

#include "base/text.h"

namespace pgassay::nplusone {
namespace {

Part PartOf(const sql::LexicalFacts& facts) {
  switch (facts.verb) {
    case sql::Verb::kSelect:
      if (facts.relation.empty() || facts.nextval) return Part::kNeutral;
      return facts.skip_locked ? Part::kBoundary : Part::kRead;
    case sql::Verb::kInsert:
    case sql::Verb::kUpdate:
    case sql::Verb::kDelete:
    case sql::Verb::kMerge:
      return facts.skip_locked ? Part::kBoundary : Part::kWrite;
    case sql::Verb::kDeclare:
      return Part::kCursor;
    case sql::Verb::kDiscard:
      return Part::kBoundary;
    default:
      return Part::kNeutral;
  }
}

}  // namespace

StatementRole RoleOf(const StatementTraits& traits) {
  const sql::LexicalFacts& facts = traits.facts;
  StatementRole role;
  role.part = PartOf(facts);
  role.verb = facts.verb;
  if (role.part == Part::kCursor || role.part == Part::kRead) {
    role.driver = facts.aggregate ? Driver::kNone : facts.one_row ? Driver::kWeak : Driver::kGood;
  }
  role.page = facts.order_by && facts.limit && (facts.offset || facts.compares);
  role.row_lock = facts.row_lock;
  role.takes_lock = facts.takes_lock;
  role.check = role.part == Part::kRead && !facts.order_by && !facts.compares;
  role.plain_insert = facts.verb == sql::Verb::kInsert && !facts.on_conflict && !facts.copies_rows;
  role.relation = facts.relation.empty() ? 0 : static_cast<std::uint32_t>(StableHash(facts.relation) | 1);
  return role;
}

}  // namespace pgassay::nplusone
