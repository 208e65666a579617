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
  role.page = facts.slice || (facts.order_by && facts.limit && (facts.offset || facts.compares));
  role.row_lock = facts.row_lock;
  role.takes_lock = facts.takes_lock;
  role.check = role.part == Part::kRead && !facts.order_by && !facts.compares;
  role.plain_insert = facts.verb == sql::Verb::kInsert && !facts.on_conflict && !facts.copies_rows;
  role.relation = facts.relation.empty() ? 0 : static_cast<std::uint32_t>(StableHash(facts.relation) | 1);
  return role;
}

std::uint64_t Pack(const StatementRole& role) {
  std::uint64_t packed = role.relation;
  int bit = 32;
  for (const bool flag : {role.page, role.row_lock, role.takes_lock, role.check, role.plain_insert})
    packed |= std::uint64_t{flag} << bit++;
  return packed | std::uint64_t{static_cast<std::uint8_t>(role.part)} << 40 |
         std::uint64_t{static_cast<std::uint8_t>(role.driver)} << 48 |
         std::uint64_t{static_cast<std::uint8_t>(role.verb)} << 56;
}

std::optional<StatementRole> UnpackRole(std::uint64_t packed) {
  const auto byte = [packed](int shift) { return static_cast<std::uint8_t>(packed >> shift); };
  if (byte(32) > 0x1f || byte(40) > static_cast<std::uint8_t>(Part::kWrite) ||
      byte(48) > static_cast<std::uint8_t>(Driver::kGood) || byte(56) > static_cast<std::uint8_t>(sql::Verb::kCopy)) {
    return std::nullopt;
  }
  StatementRole role{.part = static_cast<Part>(byte(40)),
                     .driver = static_cast<Driver>(byte(48)),
                     .verb = static_cast<sql::Verb>(byte(56)),
                     .relation = static_cast<std::uint32_t>(packed)};
  int bit = 32;
  for (bool* const flag : {&role.page, &role.row_lock, &role.takes_lock, &role.check, &role.plain_insert})
    *flag = (packed >> bit++ & 1) != 0;
  return role;
}

}  // namespace pgassay::nplusone
